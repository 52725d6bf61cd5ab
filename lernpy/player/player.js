/* The player: lessons of a neural network, step by step. Spaces are left out to stay within 40 kB.
   Of its host it uses model.get, on, off and send. What is shown is a function of (sample S, event I);
   a number that is not computed yet is undefined, never 0. */
const TINY=1.2e-38,{abs,max,min,sqrt,exp,log,log1p,tanh,hypot,round,ceil,sign}=Math;
const sum=(list,f=v=>v)=>list.reduce((a,v)=>a+f(v),0);
const clamp=(v,low,high)=>max(low,min(high,v));
const mix=(a,b,t)=>a+(b-a)*t;
const range=n=>Array.from({length:n},(_,i)=>i);
const floats=n=>new Float64Array(n);
const safe=text=>String(text).replace(/[&<>"]/g,c=>`&#${c.charCodeAt(0)};`);
const attempt=f=>{try{return f()}catch{}};

/* ---- numbers as text ---- */
const num=(v,digits=4)=>{
	if(v==null)return "not yet";
	const a=abs(v);
	return(a&&(a<1e-4||a>=1e6)?v.toExponential(digits-1):String(+v.toPrecision(v%1?digits:6))).replace("e+","e").replace("Infinity","∞").replaceAll("-","−");
};
const small=v=>num(v,abs(v)<.1?1:2).replace(/^(−?)0\./,"$1.");
const path=(name,d,rest="")=>`<path class="lp-${name}" d="${d}" ${rest}/>`;
const tone=v=>v>0?"lp-pos":v<0?"lp-neg":"lp-zero";
const listed=(list,most=6,join=", ")=>(list.length>most?[...list.slice(0,most),`… (${list.length})`]:list).join(join);
/* {z} in a text: the number; {(z)}: in brackets if negative */
const fill=(text,facts)=>text.replace(/\{(\(?)(\w+)\)?\}/g,(_,p,k)=>typeof facts[k]==="string"?facts[k]:p&&facts[k]<0?`(${num(facts[k])})`:num(facts[k]));

/* ---- functions: value, slope ---- */
const sigmoid=z=>.5*tanh(.5*z)+.5,A=.7978845608028654,B=.044715,unit=z=>z>0?1:0,bend=z=>tanh(A*(z+B*z**3)),ln=v=>log(v+TINY);
const ACTIVATIONS={
	identity:[z=>z,z=>z*0+1],
	one:[()=>1,z=>z*0],
	step:[unit,z=>z*0],
	sigmoid:[sigmoid,(z,y)=>y*(1-y)+TINY],
	tanh:[tanh,(z,y)=>1-y*y+TINY],
	relu:[z=>max(z,0),unit],
	leaky_relu:[z=>z>0?z:.01*z,z=>z>0?1:.01],
	elu:[z=>z>0?z:exp(z)-1,z=>z>0?1:exp(z)],
	softplus:[z=>max(z,0)+log1p(exp(-abs(z))),sigmoid],
	gelu:[z=>.5*z*(1+bend(z)),z=>.5*(1+bend(z))+.5*z*(1-bend(z)**2)*A*(1+3*B*z*z)],
};
const LOSSES={
	squared_error:[(y,t)=>.5*(y-t)**2,(y,t)=>y-t],
	mean_squared_error:[(y,t)=>(y-t)**2,(y,t)=>2*(y-t)],
	mean_absolute_error:[(y,t)=>abs(y-t),(y,t)=>sign(y-t)],
	huber:[(y,t)=>{const d=abs(y-t),n=min(d,1);return n*(d-.5*n)},(y,t)=>clamp(y-t,-1,1)],
	binary_cross_entropy:[(y,t,yes,no)=>-t*yes-(1-t)*no,(y,t)=>(y-t)/(y*(1-y)+TINY)],
	cross_entropy:[(y,t,yes)=>-t*yes,(y,t)=>-t/(y+TINY)],
};

/* ---- the trace (see FORMAT.md) becomes N; N.at(S): the numbers of a sample ---- */
const block=b=>{
	if(!b)return null;
	const bytes=Uint8Array.from(atob(b.data),c=>c.charCodeAt(0)),wide=b.shape.length>1?b.shape[1]:1;
	const all=b.dtype==="uint8"?Float64Array.from(bytes,v=>v/b.scale):Float64Array.from(new(b.dtype==="float32"?Float32Array:Float64Array)(bytes.buffer));
	return{all,row:i=>all.subarray(i*wide,i*wide+wide)};
};
const decode=trace=>{
	if(trace.format!=="lernpy-trace/1")throw Error(`this player reads lernpy-trace/1, not ${trace.format}`);
	const{network:h,samples:r,edits}=trace,{names}=h,n=names.length,nw=h.n_weights,links=[],all=range(n);
	for(const[u,nu,v,nv]of h.links)for(let a=u;a<u+nu;a++)for(let b=v;b<v+nv;b++)links.push([a,b,h.weight_of?h.weight_of[links.length]:links.length]);
	const has=list=>all.map(v=>list.includes(v)),acts=h.activation.map(i=>h.activations[i]),each=()=>names.map(()=>[]);
	const N={h,trace,names,n,all,links,ins:h.inputs,outs:h.outputs,input:has(h.inputs),bias:has(h.biases),acts:acts.map(a=>a.name),steepest:acts.map(a=>a.steepest||1),
		group:[],gen:[],order:[],into:each(),out:each(),holders:range(nw).map(()=>[]),events:[],q:{link:[[],[]],neuron:[[],[]],weight:[]}};
	h.groups.forEach(m=>m.forEach(v=>{N.group[v]=m}));
	links.forEach(([a,b,w],l)=>{N.out[a].push(l);N.into[b].push(l);N.holders[w].push(l)});
	h.generations.forEach((units,g)=>units.forEach(u=>{
		const m=u<0?h.groups[-1-u]:[u];
		N.order.push({kind:u<0?"group":"neuron",m,g});
		m.forEach(v=>{N.gen[v]=g;N.out[v].forEach(l=>N.order.push({kind:"link",l,m,g}))});
	}));
	/* q: the step within its sample, with a fraction for each weight of an update */
	const P=N.order.length,add=(phase,q,event)=>N.events.push({phase,q,...event});
	const part=(p,back,q)=>{
		if(p.l!=null)N.q.link[back][p.l]=q;else p.m.forEach(v=>{N.q.neuron[back][v]=q});
		add(back?3:1,q,{back,...p});
	};
	add(0,1,{kind:"start"});
	add(0,2,{kind:"feed"});
	N.order.forEach((p,i)=>part(p,0,3+i));
	add(2,N.q.cost=P+3,{kind:"cost"});
	for(let i=P;i--;)part(N.order[i],1,2*P+3-i);
	for(const some of nw>60?[range(nw)]:range(nw).map(w=>[w])){const q=2*P+4+some[0]/nw;some.forEach(w=>{N.q.weight[w]=q});add(4,q,{kind:"update",w:some})}

	const exempt=N.holders.map(of=>of.some(l=>N.bias[links[l][0]])),loose=all.filter(v=>!r.recorded.includes(v)),rule=LOSSES[h.loss];
	N.penalty=W=>h.l1||h.l2?sum(Array.from(W,(v,w)=>exempt[w]?0:h.l1*abs(v)+h.l2/2*v*v)):0;
	N.pull=(w,v)=>exempt[w]?0:h.l1*sign(v)+h.l2*v;
	N.target=v=>N.outs.indexOf(v);
	N.ends=l=>links[l].slice(0,2).map(v=>names[v]);
	N.known=rule&&N.acts.every((f,v)=>N.group[v]||ACTIVATIONS[f]);
	N.plain=h.optimizer.name==="sgd"&&!edits.some(e=>["optimizer","rate","low","high"].includes(e.name));
	const[X,G,L,...recorded]=["inputs","targets","loss","total_input","output","sensitivity","delta"].map(k=>block(r[k])),rates=r.rate.data&&block(r.rate);
	const detail=trace.detail.samples,steps=block(trace.detail.steps),ahead=block(trace.detail.weights_at),cut=new Map(r.cut),rules=new Map(h.rules.map(([w,...rule])=>[w,rule]));
	const frozen=new Set(h.frozen),own=h.gradients?block(h.gradients).all:floats(nw),ends=r.batches.flatMap(([size,times,fresh])=>range(size*times).map(k=>[fresh&&k%size===0,(k+1)%size===0]));
	let W=block(h.weights).all,seen=h.unfinished,from=0,e=0;
	const change=(x,W)=>{if(x.name==="value")W[x.index]=+x.value;if(x.name==="frozen")frozen[x.value?"add":"delete"](x.index)};
	/* once through all samples: weights before (W) and after (W2), where they can be known */
	N.samples=range(r.count).map(S=>{
		const[fresh,last]=ends[S],size=cut.has(S)?cut.get(S):2*P+3+last,k=detail.indexOf(S),c={S,from,size,k,x:X.row(S),t:G.row(S),loss:L.all[S],rate:rates?rates.all[S]:r.rate,edits:[]};
		W=k>=0&&ahead?ahead.row(k).slice():W&&W.slice();
		for(;e<edits.length&&edits[e].at<from+size;e++)if(edits[e].at<=from)change(edits[e],W||[]);else c.edits.push(edits[e]);
		c.frozen=new Set(frozen);
		from+=size;
		if(fresh)seen=0;
		if(!seen++)own.fill(0);
		["z","y","s","d"].forEach((q,i)=>{c[q]=floats(n);r.recorded.forEach((v,j)=>{c[q][v]=recorded[i].row(S)[j]})});
		loose.forEach(v=>{c.y[v]=N.bias[v]?1:c.z[v]=c.x[N.ins.indexOf(v)]});
		c.W=W;
		if(!W)return c;
		links.forEach(([a,b,w])=>{own[w]+=c.y[a]*c.d[b]});
		c.old=W.slice();
		c.edits.forEach(x=>change(x,c.old));
		W=c.old;
		if(size<2*P+4)return c;
		c.sums=own.map(g=>g/seen);
		const wanted=N.plain&&c.old.map((w,i)=>{const[f,low,high]=rules.get(i)||[1];return frozen.has(i)?0:clamp(w-c.rate*f*(c.sums[i]+N.pull(i,w)),low??-Infinity,high??Infinity)-w});
		const moves=steps&&k>=0?steps.row(k):wanted;
		if(wanted&&moves!==wanted)Object.assign(c,{wanted,moves});
		W=c.W2=moves?c.old.map((w,i)=>w+moves[i]):null;
		seen=0;
		return c;
	});
	N.weigh=(c,W,w,q)=>{let v=W[w];for(const x of c.edits)if(x.name==="value"&&x.index===w&&x.at-c.from<q)v=+x.value;return v};
	N.at=S=>{
		const c=N.samples[S];
		if(c.signal)return c;
		for(const k of["signal","blame","own"])c[k]=floats(links.length);
		if(c.W)links.forEach(([a,b,w],l)=>{c.signal[l]=N.weigh(c,c.W,w,N.q.link[0][l])*c.y[a];c.blame[l]=N.weigh(c,c.W,w,N.q.link[1][l])*c.d[b];c.own[l]=c.y[a]*c.d[b]});
		const handed=v=>sum(N.out[v],l=>c.blame[l]);
		c.cost=floats(n);
		N.outs.forEach((v,i)=>{c.cost[v]=rule?h.share*rule[1](c.y[v],c.t[i]):c.s[v]-handed(v)});
		loose.forEach(v=>{c.s[v]=c.W?handed(v)+c.cost[v]:NaN;c.d[v]=N.bias[v]?0:c.s[v]});
		c.slope=c.z.map((z,v)=>{const f=ACTIVATIONS[N.acts[v]];return f?f[1](z,f[0](z)):c.d[v]/c.s[v]});
		c.events=N.events.filter(e=>e.q<c.size+1&&(c.W||e.l==null&&!e.w));
		const keys=[(_,i)=>i,e=>[e.phase,e.m],e=>[e.phase,e.g],e=>e.phase,()=>0];
		c.ends=keys.map(key=>range(c.events.length).filter(i=>i+1===c.events.length||key(c.events[i],i)+""!==key(c.events[i+1],i+1)+""));
		return c;
	};
	return N;
};

/* ---- one lesson done again with weights W: for self-check and nudges ---- */
const lesson=(N,c,W)=>{
	const{h}=N,[z,y,s,d,zs,ss]=range(6).map(()=>floats(N.n)),logs=new Map,f=v=>ACTIVATIONS[N.acts[v]],rule=LOSSES[h.loss],{softplus:[soft]}=ACTIVATIONS;
	let loss=N.penalty(W);
	N.ins.forEach((v,k)=>{z[v]=c.x[k]});
	for(const{kind,m,l}of N.order){
		if(l!=null){const[a,b,w]=N.links[l],v=N.weigh(c,W,w,N.q.link[0][l])*y[a];z[b]+=v;zs[b]+=abs(v)}
		else if(kind==="group"){const top=max(...m.map(v=>z[v])),whole=sum(m,v=>exp(z[v]-top));logs.set(m,top+log(whole));m.forEach(v=>{y[v]=exp(z[v]-top)/whole})}
		else y[m[0]]=f(m[0])[0](z[m[0]]);
	}
	N.outs.forEach((v,k)=>{
		/* yes = ln y, no = ln(1 - y), from the total input where the output may have saturated */
		const t=c.t[k],form=N.group[v]?"softmax":N.acts[v],yes={softmax:z[v]-logs.get(N.group[v]),sigmoid:-soft(-z[v])}[form]??ln(y[v]),no=form==="sigmoid"?-soft(z[v]):ln(1-exp(yes));
		loss+=h.share*rule[0](y[v],t,yes,no);
		s[v]+=h.share*rule[1](y[v],t);
	});
	for(let i=N.order.length;i--;){
		const{kind,m,l}=N.order[i];
		if(l!=null){const[a,b,w]=N.links[l],v=N.weigh(c,W,w,N.q.link[1][l])*d[b];s[a]+=v;ss[a]+=abs(v)}
		else if(kind==="group"){const whole=sum(m,v=>(y[v]+TINY)*s[v]);m.forEach(v=>{d[v]=(y[v]+TINY)*s[v]-y[v]*whole})}
		else d[m[0]]=s[m[0]]*f(m[0])[1](z[m[0]],y[m[0]]);
	}
	return{z,y,s,d,loss,sizes:{z:zs,s:ss}};
};
const selfCheck=N=>{
	const tolerance=N.trace.dtype==="float32"?2e-5:1e-9;
	let worst=0,far=0,where="";
	const compare=(a,b,size,name)=>{
		if(Object.is(a,b))return;
		const off=abs(a-b),part=off/(tolerance*max(1,abs(a),size));
		if(!(off<=worst))worst=off;
		if(!(part<=far)){far=part;where=name}
	};
	for(const c of N.samples){
		if(!c.W||!N.known||c.size<2*N.order.length+3||c.edits.some(x=>x.what!=="weight"&&x.what!=="network"||x.name==="loss"))continue;
		const r=lesson(N,c,c.W),place=`, sample ${c.S+1}`;
		for(const q of["z","y","s","d"])N.trace.samples.recorded.forEach(v=>compare(c[q][v],r[q][v],(r.sizes[q]||r.z)[v],N.names[v]+place));
		if(!c.edits.length)compare(c.loss,r.loss,0,"the loss"+place);
		if(c.wanted)c.wanted.forEach((v,w)=>compare(c.moves[w],v,abs(c.old[w]),`the step of weight ${w+1}`+place));
	}
	return{good:far<=1,worst,where};
};

/* ---- what is known at an event ---- */
const view=(N,S,I)=>{
	const c=N.at(S),e=c.events[I],{q}=N,gate=(step,list,i)=>step<=e.q&&!(isNaN(list[i])&&!c.W)?list[i]:undefined;
	const V={c,e,z:v=>gate(N.input[v]?2:q.neuron[0][v],c.z,v),y:v=>gate(q.neuron[0][v],c.y,v),slope:v=>N.group[v]?undefined:gate(q.neuron[0][v],c.slope,v),
		s:v=>gate(N.out[v].length||N.target(v)<0?q.neuron[1][v]:q.cost,c.s,v),d:v=>gate(q.neuron[1][v],c.d,v),
		moved:w=>c.W2&&q.weight[w]<=e.q?c.W2[w]-c.old[w]:undefined,w:w=>V.moved(w)!=null?c.W2[w]:c.W?N.weigh(c,c.W,w,e.q+1):undefined,
		arrived:v=>[...(N.target(v)>=0&&q.cost<=e.q?[c.cost[v]]:[]),...N.out[v].map(V.blame).filter(b=>b!=null)]};
	["signal","blame","own"].forEach((k,i)=>{V[k]=l=>c.W?gate(q.link[i&&1][l],c[k],l):undefined});
	return V;
};

/* ---- an event as its kind in words.json, and the facts to fill in ---- */
const shutWord=(N,c,v)=>abs(c.slope[v])/N.steepest[v]>=.02?"":{relu:"dead",step:"flat"}[N.acts[v]]||"saturated";
const factsOf=(N,V,words)=>{
	const{e,c}=V,{h}=N,name=v=>N.names[v],[v]=e.m||[],[from,to,w]=N.links[e.l]||[];
	const add=list=>listed(list.map(v=>num(v)),5," + ").replaceAll("+ −","− ")||"0",lines=(list,i,f)=>list.slice(0,4).map(v=>fill(words.lines[i],{name:name(v),y:c.y[v],z:c.z[v],s:c.s[v],d:c.d[v],...f&&f(v)})).join("\n");
	const o={neurons:N.n,links:N.links.length,loss:h.loss,rule:h.optimizer.name,rate:c.rate,cost:c.loss,name:name(v),first:name(N.outs[0]),second:name(N.outs[1]),from:name(from),to:name(to),w:V.w(w),output:c.y[from],delta:c.d[to],signal:c.signal[e.l],blame:c.blame[e.l],own:c.own[e.l],f:N.acts[v],z:c.z[v],y:c.y[v],s:c.s[v],d:c.d[v],slope:c.slope[v]};
	const say=(kind,more)=>[kind+(e.back?"-back":""),{...o,...more}];
	if(e.kind==="feed")o.inputs=listed(N.ins.map((v,k)=>`${name(v)} = ${num(c.x[k])}`));
	if(e.l!=null)return say("link",{idle:N.input[from]||N.bias[from]?words.events.idle:""});
	if(e.kind==="group")return say("group",{shares:lines(e.m,0),whole:listed(e.m.map(v=>`${name(v)} ${num(c.y[v],3)}`)),mixed:lines(e.m,1,()=>({all:sum(e.m,u=>c.y[u]*c.s[u])}))});
	if(e.kind==="neuron"){
		const list=e.back?V.arrived(v):N.into[v].map(l=>c.signal[l]),shut=e.back&&shutWord(N,c,v);
		return say(N.bias[v]?"bias":shut?"shut":e.back||N.into[v].length?"neuron":"source",{formula:words.activations[o.f]||"?",count:list.length,terms:c.W?add(list):"…",shut});
	}
	if(e.kind==="cost"){
		const top=N.outs.reduce((a,v)=>abs(c.cost[v])>abs(c.cost[a])?v:a,N.outs[0]),blame=c.cost[top],[formula,slope]=words.losses[h.loss]||[h.loss,"?"];
		return say("cost",{formula,slope,errors:lines(N.outs,2,v=>({t:c.t[N.target(v)],b:c.cost[v]})),verdict:fill(words.events[blame>0?"raise":blame<0?"lower":"nobody"],{top:name(top),blame})});
	}
	if(!e.w)return[e.kind,o];
	const[one]=e.w,old=c.old[one],{W2}=c;
	if(!W2||e.w.length>1)return say(W2?"update-all":"update-unknown",{count:e.w.length,largest:W2&&max(...e.w.map(w=>abs(W2[w]-c.old[w])))});
	const step=W2[one]-old,gradient=c.sums[one],simple=N.plain&&abs(step+c.rate*gradient)<=1e-6*abs(step)+1e-9;
	return say(c.frozen.has(one)?"update-frozen":simple?"update":"update-other",{ends:listed(N.holders[one].map(l=>N.ends(l).join(" → ")),3),old,step,gradient,new:W2[one]});
};

/* ---- the stage: each link and neuron is a group, drawn as a text made from the view ---- */
const scaleOf=(N,T)=>{
	const most={},up=(k,list)=>{most[k]=(list||[]).reduce((m,v)=>isFinite(v)?max(m,abs(v)):m,most[k]||0)};
	for(const{S}of N.samples.filter(c=>c.k>=0)){
		const c=N.at(S);
		for(const k of["signal","blame","W","y"])up(k,c[k]);
		up("W",c.W2);up("s",c.s.filter((_,v)=>!N.bias[v]&&!N.input[v]));
		up("sum",N.all.filter(v=>!N.bias[v]).map(v=>sum(N.out[v],l=>abs(c.blame[l]))+abs(c.cost[v])));
	}
	return{...most,width:(v,k)=>T.thinnest+T.spread*sqrt(min(1,abs(v)/(most[k]||1))||0)};
};
/* numbers as bars, side by side at q = 0, stacked at q = 1 */
const bars=(list,x,y,wide,scale,q=1)=>{
	let high=0,low=0;
	return list.slice(0,9).map((v,i)=>{
		const tall=min(abs(v)*scale||0,999),top=v>0?-high*q-tall:low*q;
		if(v>0)high+=tall;else low+=tall;
		return `<rect class="lp-bar ${tone(v)}" x="${x+i*(wide+1.5)*(1-q)}" y="${y+top}" width="${wide}" height="${max(.6,tall)}"/>`;
	}).join("");
};
const stageOf=(svg,N,c,T,M,words,font,width,room)=>{
	const mid=4*font,k=.4+.6*font,count=N.links.length,dense=count>60,thin=(count>300?.3:dense?.5:1)*k,gens=range(max(...N.gen)+1),X=[],Y=[],rad=[];
	const plain=gens.map(g=>N.all.filter(v=>N.gen[v]===g&&!N.bias[v])),tiles=plain.map(p=>p.length>48),flat=!tiles.some(Boolean),biased=N.bias.some(Boolean);
	const rows=max(...plain.map((p,g)=>tiles[g]?1:p.length))+biased,top=42*font,high=max(250*k,rows*15*font,min(room-108*font,rows*(rows>8?44:rows>5?76:130)*k)),R=min(29*k,.38*high/rows),total=top+high+66*font;
	const side=min((high-26*font)/2,210*k),wides=plain.map(p=>N.trace.image&&p[0]===N.ins[0]?N.trace.image[1]:ceil(sqrt(p.length))),cell=gens.map(g=>side/max(wides[g],ceil(plain[g].length/wides[g])));
	const edge=60*font+14,gap=(width-2*edge-side*sum(tiles,Number))/max(gens.length-1,1),left=gens.map(g=>edge+gap*g+side*sum(tiles.slice(0,g),Number)),middle=gens.map(g=>left[g]+(tiles[g]?side/2:0));
	N.all.forEach(v=>{
		const g=N.gen[v],i=plain[g].indexOf(v),at=flat&&N.places&&N.places[v];
		rad[v]=i<0?R*.8:R;
		X[v]=at?edge+(width-2*edge)*at[0]:tiles[g]&&i<0?left[g]+side:left[g];
		Y[v]=top+R+(high-2*R)*(at?at[1]:i<0?1:rows<2?.5:(i+.5)/plain[g].length*(biased?.84:1));
		if(tiles[g]&&i>=0){rad[v]=0;X[v]=left[g]+side;Y[v]=top+cell[g]*((i/wides[g]|0)+.5)}
	});
	const text=(x,y,s,name="dim")=>`<text class="lp-${name}" x="${x}" y="${y}">${safe(s)}</text>`;
	const shown=range(count),pairs=new Set;
	let below="";
	if(count>T.most_links)for(const l of shown.sort((a,b)=>abs(c.blame[b])-abs(c.blame[a])).splice(T.shown_links))pairs.add(N.links[l].slice(0,2).map(v=>N.gen[v]).join());
	for(const p of pairs){
		const[a,b]=p.split(",").map(g=>{const ys=plain[g].map(v=>Y[v]);return[left[g]+(tiles[g]?side:0),min(...ys),max(...ys)]});
		below+=path("ribbon",`M${a[0]},${a[1]}L${b[0]},${b[1]}V${b[2]}L${a[0]},${a[2]}Z`);
	}
	N.h.groups.forEach(m=>{const ys=m.map(v=>Y[v]),x=X[m[0]],w=R+16*k,a=min(...ys)-R-20*font,b=max(...ys)+R+18*font;below+=`<rect class="lp-group" x="${x-w}" y="${a}" width="${2*w}" height="${b-a}" rx="14"/>`+text(x,b+13*font,"softmax: mixes")});
	gens.forEach(g=>{below+=text(middle[g],13*font,plain[g].includes(N.ins[0])?"inputs":plain[g].includes(N.outs[0])?"outputs":`generation ${g}`)});
	const part=(kind,id,name,rest="")=>`<g class="lp-${kind}" data-id="${id}" aria-label="${kind} ${safe(name)}" ${N.n+count>120?"":`tabindex="0" role="button"`} ${rest}></g>`;
	svg.setAttribute("viewBox",`0 0 ${width} ${total}`);
	svg.innerHTML=`<g>${below}</g><g class="lp-blocks"></g><g>${shown.map(l=>part("link","l"+l,N.ends(l).join(" to "))).join("")}</g><g class="lp-numbers"></g><g>${N.all.filter(v=>rad[v]).map(v=>part("neuron","v"+v,N.names[v],`transform="translate(${X[v]},${Y[v]})"`)).join("")}</g><g class="lp-foot"></g>`;
	const at={},[,blocks,,numbers,,foot]=svg.children;
	for(const g of svg.querySelectorAll("[data-id]"))at[g.dataset.id]=g;

	/* of a link, the spot at u = 0 ... 1 between the rims, o tiles above its centre line */
	const lines=[],fat=v=>M.width(v,"W")*thin;
	shown.forEach(l=>{
		const[a,b]=N.links[l],dx=X[b]-X[a],dy=Y[b]-Y[a],L=hypot(dx,dy)||1,bow=(flat&&N.bends[l]||0)*-4*(high-2*R);
		const spot=(u,o)=>{const t=mix(rad[a]/L,1-rad[b]/L,u),sy=dy+bow*(1-2*t),s=hypot(dx,sy);return[X[a]+dx*t+o*sy/s,Y[a]+dy*t+bow*t*(1-t)-o*dx/s]};
		lines[l]={L,spot,path:(o,from=0,to=1)=>"M"+range(bow?17:2).map(i=>spot(mix(from,to,i/(bow?16:1)),o).map(v=>v.toFixed(1))).join("L")};
	});
	const laneSvg=(p,value,kind,way,part)=>{
		if(value==null)return dense?"":path("empty",p.path(way*(T.lane_gap/2+1)));
		const w=M.width(value,kind)*thin,o=way*(T.lane_gap*thin+w)/2,start=way>0?0:1,lane=path("lane "+tone(value),p.path(o,start,start+way*part),`stroke-width="${w.toFixed(2)}"`);
		if(dense||part<1)return lane;
		const h=w/2+2.5,chevron=u=>{const[x,y]=p.spot(u,o),[x2,y2]=p.spot(u+way*.01,o);return path("chevron "+tone(value),`M${-h},${-h}L0,0L${-h},${h}`,`transform="translate(${x},${y})rotate(${Math.atan2(y2-y,x2-x)*57.3})"`)};
		const[x,y]=p.spot(1-start+way*-12*k/p.L,o+way*(w/2+6*k));
		return lane+chevron(.4)+chevron(.6)+text(x,y+mid,value>0?"+":value<0?"−":"","head "+tone(value));
	};
	const draw=(g,s)=>{if(g.memo!==s)g.innerHTML=g.memo=s};
	const paintLink=(l,V,part=1)=>{
		const p=lines[l],w=N.links[l][2],value=V.w(w),back=V.e.phase>2;
		if(!p)return;
		const d=p.path(0),line=(name,wide)=>path(name,d,`stroke-width="${wide}"`),old=V.moved(w)!=null&&fat(c.old[w]);
		draw(at["l"+l],(old?line("ghost",old+2*thin)+line("inner",old):"")+line(value<0?"core lp-dash":"core",old?mix(old,fat(value),part):thin)+laneSvg(p,V.signal(l),"signal",1,back?1:part)+laneSvg(p,V.blame(l),"blame",-1,back?part:1)+line("hit",18));
	};
	const paintNumbers=V=>{
		if(count>T.most_numbers)return;
		const taken=N.all.filter(v=>rad[v]).map(v=>[X[v],Y[v],R+22*font]);
		const say=(p,spots,o,s,name)=>{
			const free=([x,y])=>taken.every(([x2,y2,h])=>abs(x-x2)>44*font||abs(y-y2)>h),[x,y]=spots.map(u=>p.spot(u,o)).find(free)||p.spot(spots[0],o);
			taken.push([x,y,15*font]);
			return text(x,y+mid,s,"number "+name);
		},early=[.24,.32,.16,.4,.5],beside=(v,kind,way)=>way*(3+M.width(v,kind)+9*font);
		numbers.innerHTML=shown.map(l=>{
			const w=N.links[l][2],p=lines[l],blame=V.blame(l),signal=V.signal(l),value=V.w(w);
			if(V.e.phase>3)return V.moved(w)==null?"":say(p,early,0,num(value,3),"lp-weight");
			if(blame!=null)return say(p,early.map(u=>1-u),beside(blame,"blame",-1),num(blame,2),tone(blame))+say(p,[.47,.4,.54,.33,.6],0,"∂ "+num(V.own(l),2),"lp-tag");
			return signal!=null?say(p,early,beside(signal,"signal",1),num(signal,2),tone(signal)):value==null?"":say(p,early,0,num(value,2),"lp-weight");
		}).join("");
	};
	const half=(v,R,most,right)=>{const r=R*sqrt(min(1,abs(v)/(most||1))||0);return v==null?"":path("half "+tone(v),`M0,${-r}A${r},${r} 0 0 ${right} 0,${r}Z`)};
	const paintNeuron=(v,V,part=1)=>{
		const r=rad[v],y=V.y(v),s=V.s(v),d=V.d(v),slope=V.slope(v),mute=N.bias[v],passes=mute||N.input[v]&&N.acts[v]==="identity",end=N.outs.includes(v);
		if(!r)return;
		const open=slope==null||passes?undefined:(min(1,abs(slope)/N.steepest[v])||0)*r,shut=open!=null&&shutWord(N,c,v),list=dense||mute?[]:V.arrived(v),scale=r*1.4/(M.sum||1),wide=5*k,q=s==null?0:part;
		draw(at["v"+v],`<circle class="lp-face" r="${r}"/>`+half(y,r,M.y,0)+(mute?"":half(s,r,M.s,1))+(open==null?"":path(shut?"gate lp-shut":"gate",shut?`M0,${-r}V${r}`:`M0,${-r}V${-open}M0,${open}V${r}`))+`<circle class="lp-rim" r="${r}"/>`
			+bars(list,r+wide,0,wide,scale,q)+(q===1&&list.length?bars([s],r+2.5*wide,0,wide,scale):"")
			+(r>19*k?text(0,-r-6,N.names[v],"name")+text(-r/2,mid,y==null?"":small(y),"in")+text(r/2+1,mid,s==null||mute?"":small(s),"in")+text(0,r+13*font,(shut||(d==null||passes?"":"δ "+num(d,2)))+(slope<0?" (slope −)":""),shut?"below lp-warn":"below")
				:text(end?r+5:-r-4,mid,N.names[v],end?"name lp-start":"name lp-end")));
	};
	/* many neurons as an image; beneath it their blame, hollow below 0 */
	const paintBlock=(g,V)=>{
		const list=plain[g],size=cell[g],wide=wides[g],x0=left[g],tall=size*ceil(list.length/wide),y2=top+tall+24*font,values=list.map(v=>c.y[v]),low=min(0,...values),reach=max(...values)-low||1,cells=range(9).map(()=>""),blames=["",""],known=V.z(list[0])!=null,most=max(...list.map(v=>abs(c.s[v])))||1;
		const square=(x,y,h)=>`M${x.toFixed(1)},${y.toFixed(1)}h${h.toFixed(1)}v${h.toFixed(1)}h${(-h).toFixed(1)}z`;
		list.forEach((v,i)=>{
			const x=x0+i%wide*size,y=(i/wide|0)*size,s=V.s(v),h=s?size*.92*sqrt(abs(s)/most):0,o=(size-h)/2;
			if(known)cells[round(8*(values[i]-low)/reach)]+=square(x,top+y,size);
			if(h>.4)blames[s<0?1:0]+=square(x+o,y2+y+o,h);
		});
		return[top,y2].map(y=>`<rect class="lp-frame" x="${x0}" y="${y}" width="${size*wide}" height="${tall}"/>`).join("")+cells.map((d,i)=>path("pixel",d,`fill-opacity="${i/8}"`)).join("")+path("solid",blames[0])+path("hollow",blames[1])+text(x0+size*wide/2,y2-7,V.s(list[0])==null?"blame: not yet":words.pixels);
	};
	const paintFoot=(g,V)=>{
		const of=plain[g],into=range(count).filter(l=>N.gen[N.links[l][1]]===g),x=middle[g],y=total-40*font;
		if(!into.length||of.some(v=>V.s(v)==null)||into.some(l=>V.blame(l)==null))return "";
		const pair=[sum(of,v=>c.s[v]),sum(into,l=>c.blame[l])],most=max(...pair.map(abs))||1;
		return text(x,y-11*font,T.not_a_pie)+pair.map((v,i)=>`<rect class="lp-bar ${tone(v)}" x="${x-46*k}" y="${y+(15*i-5)*font}" width="${max(1,42*k*min(1,abs(v)/most)||0)}" height="${9*font}"/>`+text(x+3,y+15*i*font+mid,`${num(v,2)} ${i?"out":"in"}`,"dim lp-start")).join("");
	};
	return{shown,paintLink,paintNeuron,
		paint:V=>{
			shown.forEach(l=>paintLink(l,V));N.all.forEach(v=>paintNeuron(v,V));paintNumbers(V);
			blocks.innerHTML=gens.filter(g=>tiles[g]).map(g=>paintBlock(g,V)).join("");foot.innerHTML=gens.map(g=>paintFoot(g,V)).join("");
			svg.classList.toggle("lp-updating",V.e.phase===4);
		},
		mark:(focus,active)=>{for(const id in at){at[id].classList.toggle("lp-on",active.includes(id));at[id].classList.toggle("lp-focus",id===focus)}}};
};

/* ---- the page around it: shell.html, words.json ---- */
const LEVELS=["link","neuron","generation","phase","sample"],PHASES=["feed","forward","cost","backward","update"];
const adler=text=>{let a=1,b=0;for(const c of text){a=(a+c.charCodeAt())%65521;b=(b+a)%65521}return b*65536+a};
const pairs=list=>`<dl>${list.map(([a,b])=>`<dt>${a}</dt><dd ${b===num()?`class="lp-not"`:""}>${b}</dd>`).join("")}</dl>`;

const render=({model,el})=>{
	const[T,words,live,page,shell]=["theme","words","live","page","shell"].map(k=>model.get(k)),doc=el.ownerDocument,win=doc.defaultView,root=doc.createElement("div"),over=new AbortController,on=(target,name,f)=>target.addEventListener(name,f,{signal:over.signal});
	root.className="lp-root";root.tabIndex=0;root.innerHTML=shell;el.append(root);
	const $=q=>root.querySelector(".lp-"+q),text=(q,s)=>{if($(q).textContent!==s)$(q).textContent=s},html=(q,s)=>{$(q).innerHTML=s},shows=(q,yes)=>{$(q).toggleAttribute("hidden",!yes)};
	const svg=$("stage svg"),slider=$("time input"),media=q=>win.matchMedia(`(prefers-${q})`),still=media("reduced-motion: reduce"),night=media("color-scheme: dark");
	let N,M,stage,S=0,I=0,level=0,speed=1,font=model.get("font")||1,focus="",dark,timer,flight,asked,right=0,count=0,notes,key,wide,paper;
	const passed=new Set,last=()=>N.samples.length-1,c=()=>N.at(S),position=()=>c().from+c().events[I].q,number=()=>+chosen().slice(1);

	/* the button, the host (JupyterLab, VS Code), the system */
	const dress=()=>{
		const host=doc.body.dataset.jpThemeLight,name=(dark??(host?host==="false":/vscode-dark/.test(doc.body.className)||night.matches))?"dark":"light",colours=T.colours[name];
		for(const k in colours)root.style.setProperty("--lp-"+k,colours[k]);
		root.dataset.theme=name;root.style.fontSize=14*font+"px";
	};
	const active=e=>e.l!=null?["l"+e.l]:e.m?e.m.map(v=>"v"+v):e.kind==="cost"?N.outs.map(v=>"v"+v):e.w&&e.w.length<2?N.holders[e.w[0]].map(l=>"l"+l):[];
	const chosen=()=>focus||active(c().events[I])[0]||"";
	const choose=id=>{focus=id;html("check","");show()};
	const card=now=>{
		const id=chosen(),i=number(),link=id[0]==="l",w=link&&N.links[i][2],shared=link&&N.holders[w].length,frozen=c().frozen.has(w),value=link&&now.w(w);
		shows("card",id);shows("weighed",link);
		if(id)html("facts",`<h3>${link?"link":"neuron"} ${safe(link?N.ends(i).join(" → "):N.names[i])}</h3>`+pairs(words.facts[id[0]].map(([label,k])=>[label,k==="f"?safe(N.acts[i]):k==="slope"&&N.group[i]?words.mixes:num(now[k](k==="w"||k==="moved"?w:i))+(k!=="w"?"":(frozen?", frozen":"")+(shared>1?`, shared by ${shared} links`:""))])));
		if(live&&link&&doc.activeElement!==$("weight-in")){$("weight-in").value=value;$("freeze").checked=frozen}
	};
	const strip=(v,now)=>{
		if(v==null)return shows("strip");
		const list=N.bias[v]||now.e.phase<2?[]:now.arrived(v),s=now.s(v),d=now.d(v),k=30/(max(sum(list,abs),abs(s||0),abs(d||0))||1),open=min(1,abs(now.slope(v)||0)/N.steepest[v])*30,one=(b,x)=>b==null?"":bars([b],x,38,18,k);
		shows("strip",list.length);
		text("middle",N.group[v]?"mixes":"gate");
		if(list.length)html("strip g",bars(list,14,38,18,k,s==null?0:1)+one(s,88)+one(d,200)+(N.group[v]?"":path(open<.7?"gate lp-shut":"gate",`M150,6V${38-open}M150,${38+open}V70`)));
	};
	const check=()=>{
		const id=chosen(),w=id[0]==="l"&&N.links[number()][2],k=c(),loss=e=>{const W=k.W.slice();W[w]+=e;return lesson(N,k,W).loss-N.penalty(W)};
		if(id[0]!=="l")return;
		choose(id);
		if(!N.known||!k.W)return text("check",words.check.unknown);
		const low=loss(-1e-5),high=loss(1e-5),slope=(high-low)/2e-5,own=sum(N.holders[w],l=>k.own[l]),off=abs(slope-own),good=off<=1e-6+1e-4*abs(own)?"good":"bad";
		html("check",pairs([num(low,9),num(high,9),num(slope,6),num(own,6)].map((v,i)=>[words.check.rows[i],v]))+`<p class="lp-${good}">${fill(words.check[good],{off})}</p>`);
	};

	/* predict first: gates of the trace, or (P) made up */
	const quantity=({neuron:v,link:l,weight:w,quantity:q})=>{
		const k=c();
		return v!=null?k[{total_input:"z",output:"y",sensitivity:"s",delta:"d"}[q]][v]:l!=null?k[q==="gradient"?"own":q][l]:w==null?k.loss:q==="step"?k.W2[w]-k.old[w]:k.W2[w];
	};
	const invent=(s,i)=>{
		const now=view(N,s,i),{e}=now,[a,b]=N.outs,facts=factsOf(N,now,words)[1],told=words.ask[e.kind==="cost"&&b!=null?"compare":e.kind+(e.back?"-back":"")];
		if(!told||e.w&&!facts.ends)return;
		const[kind,quantity,asked]=told,of=e.kind==="cost"?{neuron:a,quantity}:e.l!=null?{link:e.l,quantity}:e.w?{weight:e.w[0],quantity}:{neuron:e.m[0],quantity};
		return{kind,of,than:{neuron:b,quantity},question:fill(asked,facts)};
	};
	const OPTIONS={sign:["−","0","+"],compare:["smaller","equal","larger"]};
	const ask=(gate,to)=>{
		if(!gate)return;
		asked={...gate,to};
		shows("ask",1);shows("guess",gate.kind==="number");
		$("guess").value="";
		$("question").className="lp-question";
		text("question",gate.question);
		html("options",(OPTIONS[gate.kind]||["OK"]).map(o=>`<button type="button" data-act="answer">${o}</button>`).join(""));
	};
	const answer=given=>{
		const{kind,of,than,to,tolerance=.05}=asked,v=quantity(of),other=kind==="compare"&&quantity(than),options=OPTIONS[kind];
		const said=options?options[sign(other===false?v:abs(v)-abs(other))+1]:num(v),hit=options?given===said:abs(parseFloat($("guess").value.replace("−","-").replace(",","."))-v)<=tolerance*abs(v)+1e-9;
		count++;right+=hit;
		to();
		shows("ask",1);shows("guess");
		$("question").className="lp-question lp-"+(hit?"good":"bad");
		text("question",fill(words.asked[hit?"right":"wrong"],{answer:said+(options?` (${num(v)}${other===false?"":" : "+num(other)})`:"")}));
		text("options",fill(words.asked.tally,{right,count}));
		root.focus({preventScroll:true});
	};

	const table=now=>{
		const{e}=now,g=e.g??(e.phase>1?N.gen[N.outs[0]]:0),of=N.all.filter(v=>N.gen[v]===g),cell=v=>`<td ${v==null?`class="lp-not"`:""}>${num(v)}</td>`;
		text("table caption",fill(words.table[of.length>40?1:0],{g,count:of.length}));
		html("table tbody",of.slice(0,40).map(v=>`<tr><th scope="row">${safe(N.names[v])}</th><td>${safe(N.acts[v])}</td>${["z","y","s","slope","d"].map(q=>N.group[v]&&q==="slope"?"<td>mixes</td>":cell(now[q](v))).join("")}</tr>`).join(""));
	};
	const curve=()=>{
		shows("losses",last());
		const list=N.samples.map(s=>s.loss),wide=$("curve").clientWidth||800,high=max(...list.filter(isFinite),1e-12),n=list.length-1,x=i=>8+(wide-16)*i/(n||1),y=i=>66-56*(min(1,list[i]/high)||0);
		$("curve").setAttribute("viewBox",`0 0 ${wide} 72`);
		html("curve",path("axis",`M8,66H${wide-8}M${x(S)},4V66`)+path("line","M"+range(n+1).map(i=>x(i).toFixed(1)+","+y(i).toFixed(1)).join("L"))+`<circle class="lp-now" r="4" cx="${x(S)}" cy="${y(S)}"/>`+`<text class="lp-dim" x="8" y="14">${num(high,3)}</text>`);
	};
	const build=()=>{
		wide=max(320,$("stage").clientWidth);
		stage=stageOf(svg,N,c(),T,M,words,font,wide,win.innerHeight-150*font-60);
		text("few",stage.shown.length<N.links.length?fill(words.few,{shown:stage.shown.length,count:N.links.length.toLocaleString("en")}):"");
		const all=c().events;
		html("bands",PHASES.map((name,p)=>{const n=all.filter(e=>e.phase===p).length;return n&&`<span class="lp-phase${p}" style="flex:${n}">${n*14>all.length?name:""}</span>`}).filter(Boolean).join(""));
		slider.max=all.length-1;
		show();
	};
	const show=()=>{
		const now=view(N,S,I),{e}=now,id=chosen(),[kind,facts]=factsOf(N,now,words),[title,lines,say]=words.events[kind].map(t=>typeof t==="string"?fill(t,facts):t.map(l=>fill(l,facts))),p=position(),said=N.trace.script.findLast(s=>s.at<=p);
		stage.paint(now);stage.mark(focus,active(e));
		text("event h2",title);text("say",say);
		html("formula",lines.join("\n").split("\n").map(l=>`<div>${safe(l).replace(/\*(.*?)\*/g,"<b>$1</b>")}</div>`).join(""));
		strip(e.m&&e.l==null?e.m[0]:id[0]==="v"?number():e.back?N.links[e.l][0]:e.kind==="cost"?N.outs[0]:undefined,now);
		text("where",(last()?`sample ${S+1} of ${N.samples.length}, `:"")+`${PHASES[e.phase]}, step ${I+1} of ${c().events.length}`);
		slider.value=I;slider.setAttribute("aria-valuetext",title);
		$("level").value=level;$("speed").value=speed;
		text("play",timer?"Stop":"Play");
		shows("notes",notes);text("notes p",said?said.say:words.note);
		card(now);table(now);curve();
		/* a sandboxed frame has neither */
		if(!page)return;
		const state=new URLSearchParams({step:+p.toFixed(4),speed,by:LEVELS[level],...(focus&&{focus:focus[0]==="l"?N.ends(number()).join("->"):N.names[number()]})})+"";
		attempt(()=>win.history.replaceState(null,"","#"+state));attempt(()=>win.sessionStorage.setItem(key,state));
	};
	const place=p=>{if(p>=0){S=max(0,N.samples.findLastIndex(s=>s.from<p));I=max(0,c().events.findLastIndex(e=>e.q<=p-c().from+.001))}};
	const recall=text=>{
		const state=new URLSearchParams(text),name=state.get("focus"),l=range(N.links.length).findIndex(l=>N.ends(l).join("->")===name),v=N.names.indexOf(name),by=LEVELS.indexOf(state.get("by"));
		speed=clamp(+state.get("speed")||speed,.25,4);
		if(by>=0)level=by;
		focus=l>=0?"l"+l:v>=0?"v"+v:"";
		if(state.has("step"))place(+state.get("step"));
	};

	/* a second key press completes what is in flight */
	const finish=()=>{if(flight){win.cancelAnimationFrame(flight);flight=0;stage.paint(view(N,S,I))}};
	const go=(s,i,animate)=>{
		finish();
		const before=s===S?I:-1,{phase}=c().events[I],turned=s!==S;
		S=s;I=clamp(i,0,c().events.length-1);asked=null;shows("ask",0);html("check","");
		if(turned)build();else show();
		if(!animate||still.matches||I<=before)return;
		const moved=c().events.slice(before+1,I+1),now=view(N,S,I),{link,fan,stagger,phase:turn}=T.timing,time=(now.e.phase!==phase?turn:moved.length>1?fan:link)/speed,gap=min(stagger/speed,time*.6/moved.length),start=win.performance.now();
		const tick=t=>{
			moved.slice(-600).forEach((e,i)=>{
				const part=clamp((t-start-i*gap)/(time-moved.length*gap),0,1);
				if(e.l!=null)stage.paintLink(e.l,now,part);else if(e.w)e.w.forEach(w=>N.holders[w].forEach(l=>stage.paintLink(l,now,part)));else if(e.m)e.m.forEach(v=>stage.paintNeuron(v,now,part));
			});
			if(t-start<time)flight=win.requestAnimationFrame(tick);else{flight=0;stage.paint(now)}
		};
		tick(start);
	};
	const target=(way,by)=>{
		const{ends}=c(),i=way>0?ends[by].find(x=>x>I):ends[by].findLast(x=>x<I);
		if(i!=null)return[S,i];
		return way<0?I?[S,0]:S?[S-1,N.at(S-1).events.length-1]:null:S<last()?[S+1,N.at(S+1).ends[by][0]]:null;
	};
	const move=(way,by=level)=>{
		const next=target(way,by),from=position();
		if(!next)return finish();
		const k=N.at(next[0]),to=k.from+k.events[next[1]].q,gate=way>0&&!asked&&N.trace.gates.find(g=>!passed.has(g)&&g.at+1>from&&g.at+1<=to);
		
		if(!gate){go(...next,way>0);return true}
		passed.add(gate);
		timer=clearTimeout(timer);
		place(gate.at);build();
		ask(gate,()=>go(...target(1,0),true));
	};
	const play=()=>{timer=setTimeout(()=>{if(move(1)&&!N.trace.breakpoints.some(t=>holds(t,S,I)))play();else{timer=0;show()}},(T.timing.phase+250)/speed)};
	const holds=(text,s,i)=>{
		const k=N.at(s),e=k.events[i],[what,limit]=text.split("<").map(t=>t.trim()),link=N.links[e.l],any=f=>!link&&e.m&&e.m.some(f);
		if(what==="phase="+PHASES[e.phase])return true;
		if(limit)return e.back&&any(v=>N.into[v].length&&abs(k[what==="delta"?"d":"slope"][v])<limit);
		if(what==="sign-flip")return e.back&&(link?k.blame[e.l]*k.d[link[1]]<0:any(v=>k.s[v]*k.d[v]<0));
		if(what==="loss-rose")return e.kind==="cost"&&N.samples.slice(0,s).filter(o=>o.x+"|"+o.t===k.x+"|"+k.t).slice(-1).some(o=>k.loss>o.loss);
		if(what==="nan")return link?!isFinite(k[e.back?"blame":"signal"][e.l]):e.kind==="cost"?!isFinite(k.loss):any(v=>!isFinite(k[e.back?"d":"y"][v]));
		return link?N.ends(e.l).join("->")===what.replace("→","->").replaceAll(" ",""):any(v=>N.names[v]===what);
	};
	const run=()=>{
		const text=$("until").value.trim();
		$("found").textContent="";
		for(let s=S,i=I+1;text&&s<N.samples.length;s++,i=0)for(;i<N.at(s).events.length;i++)if(holds(text,s,i))return go(s,i);
		$("found").textContent=fill(words.found,{text});
	};
	const grain=by=>{level=clamp(level+by,0,4);show()};
	const resize=size=>{font=clamp(size,...T.font_scales);dress();build()};
	const tell=(kind,more)=>model.send({kind,...more}),weight=()=>N.links[number()][2];
	const acts={
		next:e=>move(1,e.shiftKey?2:level),back:e=>move(-1,e.shiftKey?2:level),up:()=>grain(1),down:()=>grain(-1),first:()=>go(0,0),last:()=>go(last(),1e9),
		play:()=>{timer=timer?clearTimeout(timer):move(1)&&1;if(timer)play();show()},check,run,predict:()=>{const next=target(1,0);if(next)ask(invent(...next),()=>go(...next,true))},
		answer:e=>{if(asked)answer(e.target.textContent)},notes:()=>{notes=!notes;show()},help:()=>shows("help",$("help").hidden),nobody:()=>{asked=null;shows("ask",0);shows("help",0);choose("")},
		bigger:()=>resize(font+.25),smaller:()=>resize(font-.25),projector:()=>resize(font<2?2:1),theme:()=>{dark=root.dataset.theme==="light";dress()},print:()=>win.print(),
		learn:()=>{I=0;tell("learn")},train:()=>tell("train",{epochs:+$("epochs").value}),reset:()=>tell("reset"),edit:()=>tell("set",{weight:weight(),value:parseFloat($("weight-in").value)})};
	on(page?doc:root,"keydown",e=>{
		const at=e.target,act=words.keys[e.key.length>1?e.key:e.key.toLowerCase()],enter=e.key==="Enter",id=(enter||e.key===" ")&&at.dataset&&at.dataset.id;
		if(live)e.stopPropagation();
		if(e.ctrlKey||e.metaKey||e.altKey)return;
		if(at.matches("select, input:not([type=range])")){const act={guess:"answer",until:"run","weight-in":"edit"}[at.className.slice(3)];if(enter&&act)acts[act](e);return}
		if(id)choose(id);else if(act&&!(at.matches("button")&&e.key===" "))acts[act](e);else return;
		e.preventDefault();e.stopPropagation();
	});
	on(root,"click",e=>{const b=e.target.closest("[data-act]"),part=e.target.closest("[data-id]");if(b)acts[b.dataset.act](e);else if(part)choose(part.dataset.id)});
	on(root,"change",e=>{const at=e.target;if(at===$("freeze"))return tell("freeze",{weight:weight(),value:at.checked});if(at===$("level"))level=+at.value;if(at===$("speed"))speed=+at.value;show()});
	on(slider,"input",()=>go(S,+slider.value));
	const drag=e=>{const box=$("curve").getBoundingClientRect();if(e.buttons)go(round(clamp((e.clientX-box.left-8)/(box.width-16),0,1)*last()),I)};
	on($("curve"),"pointerdown",drag);on($("curve"),"pointermove",drag);on(night,"change",dress);
	on(win,"hashchange",()=>{if(page){recall(win.location.hash.slice(1));build()}});
	/* on paper the drawing keeps its blanks */
	on(win,"beforeprint",()=>{paper=[S,I];go(0,0)});on(win,"afterprint",()=>go(...paper));

	const load=()=>{
		const trace=model.get("trace"),check=model.get("checksum"),places=model.get("places");
		N=decode(JSON.parse(trace));
		N.places=N.trace.positions||places.positions;N.bends=places.bends||{};
		M=scaleOf(N,T);key="lernpy"+check;
		const found=selfCheck(N),whole=!check||adler(trace)===check,kind=!found.good?"bad":!whole?"altered":N.known?"good":"own";
		$("badge").className="lp-badge lp-"+(kind==="own"?"dim":kind==="good"?kind:"bad");
		text("badge",fill(words.badge[kind],found));text("top h1",N.trace.title);
		html("conditions",N.trace.breakpoints.map(t=>`<option value="${safe(t)}">`).join("")+words.conditions.map(t=>`<option value="${safe(t)}">`).join(""));
		S=min(S,last());I=min(I,c().events.length-1);
		if(focus&&!(focus[0]==="l"?N.links:N.names)[number()])focus="";
	};
	load();
	level=N.links.length>60?2:0;
	shows("live",live);shows("edit",live);
	dress();
	if(page){recall(win.location.hash.slice(1)||attempt(()=>win.sessionStorage.getItem(key))||"");root.focus({preventScroll:true})}
	build();
	const watcher=new ResizeObserver(()=>{if(abs($("stage").clientWidth-wide)>2)build()}),host=new MutationObserver(dress);
	watcher.observe($("stage"));host.observe(doc.body,{attributeFilter:["data-jp-theme-light","class"]});
	const reload=()=>{load();build()},told=m=>text("news",m.news);
	model.on("change:trace",reload);model.on("msg:custom",told);
	return()=>{over.abort();watcher.disconnect();host.disconnect();clearTimeout(timer);model.off("change:trace",reload);model.off("msg:custom",told);root.remove()};
};
export default { render };
