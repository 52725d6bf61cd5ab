/* What a page begins with: its script is packed, to half of its size. */

const packed = "PACKED SCRIPT";

/** @param {string} text */
async function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const script = document.createElement("script");
  script.type = "module";
  script.textContent = await new Response(stream).text();
  document.body.append(script);
}

if ("DecompressionStream" in window) unpack(packed);
else document.body.prepend("This page needs a browser of 2023 or later: this one cannot unpack it.");
