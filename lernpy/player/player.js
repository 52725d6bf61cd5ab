/* The player: lessons of a neural network, step by step, forward and back. One module, no imports.
   Of its host it uses model.get, set, on, off, save_changes and send alone. What is shown is a pure function of
   (sample, step): products are computed here from the recorded numbers, and the sums are checked against them. */
const TINY=1.2e-38,{abs,max,min,sqrt,exp,log,log1p,tanh,hypot,round,ceil,sign}=Math;
const sum=(list,f=v=>v)=>list.reduce((a,v)=>a+f(v),0);
const clamp=(v,low,high)=>max(low,min(high,v));
const mix=(a,b,t)=>a+(b-a)*t;
const range=n=>Array.from({length:n},(_,i)=>i);
const safe=text=>String(text).replace(/[&<>"]/g,c=>`&#${c.charCodeAt(0)};`);
const attempt=f=>{try{return f();}catch{return undefined;}};

/* ---- numbers as text: one that is not computed yet is undefined, and never shown as 0 ---- */
const NOT="not yet";
const num=(v,digits=4)=>{
	if(v===undefined)return NOT;
	if(!isFinite(v))return isNaN(v)?"NaN":v>0?"∞":"−∞";
	const a=abs(v);
	return(a&&(a<1e-4||a>=1e6)?v.toExponential(digits-1):String(+v.toPrecision(digits))).replace("e+","e").replaceAll("-","−");
};
const small=v=>num(v,abs(v)<.1?1:2).replace(/^(−?)0\./,"$1.");
const put=v=>v<0?`(${num(v)})`:num(v);
const listed=(list,most=6,join=", ")=>(list.length>most?[...list.slice(0,most),`… (${list.length})`]:list).join(join);
const tone=v=>v>0?"lp-pos":v<0?"lp-neg":"lp-zero";

/* ---- the table of functions: value, slope, formula ---- */
const sigmoid=z=>.5*tanh(.5*z)+.5,A=.7978845608028654,B=.044715,bend=z=>tanh(A*(z+B*z**3)),ln=v=>log(v+TINY);
const ACTIVATIONS={
	identity:[z=>z,()=>1,"z"],
	one:[()=>1,()=>0,"1"],
	step:[z=>z>0?1:0,()=>0,"1 if z > 0, else 0"],
	sigmoid:[sigmoid,(z,y)=>y*(1-y)+TINY,"1 / (1 + e^−z)"],
	tanh:[tanh,(z,y)=>1-y*y+TINY,"tanh z"],
	relu:[z=>max(z,0),z=>z>0?1:0,"max(z, 0)"],
	leaky_relu:[z=>z>0?z:.01*z,z=>z>0?1:.01,"z if z > 0, else z / 100"],
	elu:[z=>z>0?z:exp(z)-1,z=>z>0?1:exp(z),"z if z > 0, else e^z − 1"],
	softplus:[z=>max(z,0)+log1p(exp(-abs(z))),sigmoid,"ln(1 + e^z)"],
	gelu:[z=>.5*z*(1+bend(z)),z=>.5*(1+bend(z))+.5*z*(1-bend(z)**2)*A*(1+3*B*z*z),"z × share of a normal distribution below z"],
};
const LOSSES={
	squared_error:[(y,t)=>.5*(y-t)**2,(y,t)=>y-t,"½ (y − t)²","y − t"],
	mean_squared_error:[(y,t)=>(y-t)**2,(y,t)=>2*(y-t),"(y − t)²","2 (y − t)"],
	mean_absolute_error:[(y,t)=>abs(y-t),(y,t)=>sign(y-t),"|y − t|","sign(y − t)"],
	huber:[(y,t)=>{const d=abs(y-t),n=min(d,1);return n*(d-.5*n);},(y,t)=>clamp(y-t,-1,1),"½ (y − t)², straight beyond 1","y − t, 1 at most"],
	binary_cross_entropy:[(y,t)=>-t*ln(y)-(1-t)*ln(1-y),(y,t)=>(y-t)/(y*(1-y)+TINY),"−t ln y − (1 − t) ln(1 − y)","(y − t) / (y (1 − y))"],
	cross_entropy:[(y,t)=>-t*ln(y),(y,t)=>-t/(y+TINY),"−t ln y","−t / y"],
};
/* the loss from the total input (softmax: from ln p), where the output may have saturated */
const STABLE={
	binary_cross_entropy:{sigmoid:(z,t)=>max(z,0)-t*z+log1p(exp(-abs(z))),softmax:(l,t)=>-t*l-(1-t)*log(1-exp(l)+TINY)},
	cross_entropy:{sigmoid:(z,t)=>t*(max(-z,0)+log1p(exp(-abs(z)))),softmax:(l,t)=>-t*l},
};

/* ---- the trace (see FORMAT.md) becomes N: the network in its order, and at(S): all numbers of sample S ---- */
const block=b=>{
	if(!b)return null;
	const bytes=Uint8Array.from(atob(b.data),c=>c.charCodeAt(0)),wide=b.shape.length>1?b.shape[1]:1;
	const all=b.dtype==="uint8"?Float64Array.from(bytes,v=>v/b.scale):Float64Array.from(new(b.dtype==="float32"?Float32Array:Float64Array)(bytes.buffer));
	return{all,row:i=>all.subarray(i*wide,i*wide+wide)};
};
const decode=trace=>{
	if(trace.format!=="lernpy-trace/1")throw Error(`this player reads lernpy-trace/1, not ${trace.format}`);
	const h=trace.network,r=trace.samples,names=h.names,n=names.length,nw=h.n_weights,links=[];
	for(const[u,nu,v,nv]of h.links)for(let a=u;a<u+nu;a++)for(let b=v;b<v+nv;b++)links.push([a,b,h.weight_of?h.weight_of[links.length]:links.length]);
	const has=list=>range(n).map(v=>list.includes(v)),act=h.activation.map(i=>h.activations[i]);
	const N={h,trace,names,n,links,ins:h.inputs,outs:h.outputs,input:has(h.inputs),bias:has(h.biases),acts:act.map(a=>a.name),steepest:act.map(a=>a.steepest||1),group:[],gen:[],order:[],
		into:names.map(()=>[]),out:names.map(()=>[]),holders:range(nw).map(()=>[]),events:[],q:{link:[[],[]],neuron:[[],[]],weight:[]}};
	h.groups.forEach(m=>m.forEach(v=>{N.group[v]=m;}));
	links.forEach(([a,b,w],l)=>{N.out[a].push(l);N.into[b].push(l);N.holders[w].push(l);});
	h.generations.forEach((units,g)=>units.forEach(u=>{
		const m=u<0?h.groups[-1-u]:[u];
		N.order.push({kind:u<0?"group":"neuron",m,g});
		m.forEach(v=>{N.gen[v]=g;N.out[v].forEach(l=>N.order.push({kind:"link",l,m,g}));});
	}));
	/* events; q is the number of the step within its sample, with a fraction for one weight of an update */
	const P=N.order.length,add=(phase,q,event)=>N.events.push({phase,q,...event});
	const part=(p,back,q)=>{
		if(p.kind==="link")N.q.link[back][p.l]=q;else p.m.forEach(v=>{N.q.neuron[back][v]=q;});
		add(back?3:1,q,{back,...p});
	};
	add(0,1,{kind:"start"});add(0,2,{kind:"feed"});
	N.order.forEach((p,i)=>part(p,0,3+i));
	add(2,N.q.loss=P+3,{kind:"loss"});
	for(let i=P;i--;)part(N.order[i],1,2*P+3-i);
	for(const some of nw>60?[range(nw)]:range(nw).map(w=>[w])){const q=2*P+4+some[0]/nw;some.forEach(w=>{N.q.weight[w]=q;});add(4,q,{kind:"update",w:some});}

	const exempt=N.holders.map(of=>of.some(l=>N.bias[links[l][0]])),loose=range(n).filter(v=>!r.recorded.includes(v));
	N.pull=(w,v)=>exempt[w]?0:h.l1*sign(v)+h.l2*v;
	N.penalty=W=>{let p=0;if(h.l1||h.l2)W.forEach((v,w)=>{if(!exempt[w])p+=h.l1*abs(v)+h.l2/2*v*v;});return p;};
	N.known=LOSSES[h.loss]&&N.acts.every((f,v)=>N.group[v]||ACTIVATIONS[f]);
	const[X,G,Z,Y,Se,D,L]=["inputs","targets","total_input","output","sensitivity","delta","loss"].map(k=>block(r[k])),rates=r.rate.data&&block(r.rate);
	const detail=trace.detail.samples,steps=block(trace.detail.steps),ahead=block(trace.detail.weights_at),cut=new Map(r.cut),rules=new Map(h.rules.map(([w,...rule])=>[w,rule]));
	N.plain=h.optimizer.name==="sgd"&&!trace.edits.some(e=>["optimizer","rate","low","high"].includes(e.name));
	const frozen=new Set(h.frozen),own=h.gradients?block(h.gradients).all:new Float64Array(nw),ends=r.batches.flatMap(([size,times,fresh])=>range(size*times).map(k=>[fresh&&k%size===0,(k+1)%size===0]));
	let W=block(h.weights).all,seen=h.unfinished,from=0,e=0;
	const change=(x,W)=>{if(x.name==="value")W[x.index]=+x.value;if(x.name==="frozen")frozen[x.value?"add":"delete"](x.index);};
	/* walk once through all samples: the weights before and after each, as far as they can be known */
	N.samples=range(r.count).map(S=>{
		const[fresh,last]=ends[S],size=cut.has(S)?cut.get(S):2*P+3+last,k=detail.indexOf(S),c={S,from,size,k,x:X.row(S),t:G.row(S),loss:L.all[S],rate:rates?rates.all[S]:r.rate,edits:[]};
		if(W)W=Float64Array.from(W);
		if(k>=0&&ahead)W=Float64Array.from(ahead.row(k));
		for(;e<trace.edits.length&&trace.edits[e].at<=from;e++)change(trace.edits[e],W||[]);
		c.frozen=new Set(frozen);
		for(;e<trace.edits.length&&trace.edits[e].at<from+size;e++)c.edits.push(trace.edits[e]);
		from+=size;
		if(fresh)seen=0;
		if(!seen++&&S)own.fill(0);
		for(const[q,from]of[["z",Z],["y",Y],["s",Se],["d",D]]){c[q]=new Float64Array(n);r.recorded.forEach((v,j)=>{c[q][v]=from.row(S)[j];});}
		loose.forEach(v=>{c.y[v]=N.bias[v]?1:c.z[v]=c.x[N.ins.indexOf(v)];});
		c.W=W;
		if(!W)return c;
		links.forEach(([a,b,w])=>{own[w]+=c.y[a]*c.d[b];});
		const end=Float64Array.from(W);
		c.edits.forEach(x=>change(x,end));
		if(size===2*P+4){
			c.sums=own.map(g=>g/seen);
			c.old=end;
			const derived=N.plain&&end.map((w,i)=>{const[f,low,high]=rules.get(i)||[1];return frozen.has(i)?0:clamp(w-c.rate*f*(c.sums[i]+N.pull(i,w)),low===undefined||low===null?-1/0:low,high===undefined||high===null?1/0:high)-w;});
			const moves=steps&&k>=0?steps.row(k):derived;
			if(steps&&k>=0&&derived)c.derived=derived,c.moves=moves;
			c.W2=moves?end.map((w,i)=>w+moves[i]):null;
			seen=0;
			W=c.W2;
		}else W=end;
		return c;
	});
	/* at an update the gradients are cleared by the next reset; products and slopes follow when a sample is looked at */
	N.weigh=(c,W,w,q)=>{let v=W[w];for(const x of c.edits)if(x.what==="weight"&&x.name==="value"&&x.index===w&&x.at-c.from<q)v=+x.value;return v;};
	N.at=S=>{
		const c=N.samples[S];
		if(c.signal)return c;
		const wide=()=>new Float64Array(links.length),rule=LOSSES[h.loss];
		Object.assign(c,{signal:wide(),blame:wide(),own:wide(),cost:new Float64Array(n)});
		if(c.W)links.forEach(([a,b,w],l)=>{c.signal[l]=N.weigh(c,c.W,w,N.q.link[0][l])*c.y[a];c.blame[l]=N.weigh(c,c.W,w,N.q.link[1][l])*c.d[b];c.own[l]=c.y[a]*c.d[b];});
		N.outs.forEach((v,i)=>{c.cost[v]=rule?h.share*rule[1](c.y[v],c.t[i]):c.s[v]-sum(N.out[v],l=>c.blame[l]);});
		loose.forEach(v=>{c.s[v]=c.W?sum(N.out[v],l=>c.blame[l])+c.cost[v]:NaN;c.d[v]=N.bias[v]?0:c.s[v];});
		c.slope=c.z.map((z,v)=>{const f=ACTIVATIONS[N.acts[v]];return f?f[1](z,f[0](z)):c.d[v]/c.s[v];});
		c.events=N.events.filter(e=>e.q<c.size+1&&(c.W||e.kind!=="link"&&e.kind!=="update"));
		if(!c.events.length)c.events=N.events.slice(0,1);
		const keys=[(_,i)=>i,e=>[e.phase,e.m],e=>[e.phase,e.g],e=>e.phase,()=>0];
		c.ends=keys.map(key=>range(c.events.length).filter(i=>i+1===c.events.length||""+key(c.events[i],i)!==""+key(c.events[i+1],i+1)));
		return c;
	};
	return N;
};

/* ---- one lesson done again with weights W: for the self-check and for nudges ---- */
const lesson=(N,c,W)=>{
	const fill=()=>new Float64Array(N.n),{h}=N,r={z:fill(),y:fill(),s:fill(),d:fill(),sizes:{z:fill(),s:fill()},loss:0},{z,y,s,d,sizes}=r,logs=new Map,of=v=>ACTIVATIONS[N.acts[v]];
	N.ins.forEach((v,k)=>{z[v]=c.x[k];});
	for(const{kind,m,l}of N.order){
		if(kind==="link"){const[a,b,w]=N.links[l],v=N.weigh(c,W,w,N.q.link[0][l])*y[a];z[b]+=v;sizes.z[b]+=abs(v);}
		else if(kind==="group"){const top=max(...m.map(v=>z[v])),all=sum(m,v=>exp(z[v]-top));logs.set(m,top+log(all));m.forEach(v=>{y[v]=exp(z[v]-top)/all;});}
		else y[m[0]]=of(m[0])[0](z[m[0]]);
	}
	const rule=LOSSES[h.loss],stable=STABLE[h.loss]||{};
	N.outs.forEach((v,k)=>{
		const g=N.group[v],f=stable[g?"softmax":N.acts[v]],t=c.t[k];
		r.loss+=h.share*(f?f(g?z[v]-logs.get(g):z[v],t):rule[0](y[v],t));
		s[v]+=h.share*rule[1](y[v],t);
	});
	for(let i=N.order.length;i--;){
		const{kind,m,l}=N.order[i];
		if(kind==="link"){const[a,b,w]=N.links[l],v=N.weigh(c,W,w,N.q.link[1][l])*d[b];s[a]+=v;sizes.s[a]+=abs(v);}
		else if(kind==="group"){const all=sum(m,v=>(y[v]+TINY)*s[v]);m.forEach(v=>{d[v]=(y[v]+TINY)*s[v]-y[v]*all;});}
		else d[m[0]]=s[m[0]]*of(m[0])[1](z[m[0]],y[m[0]]);
	}
	return r;
};
/* recomputed = recorded? All of the samples whose weights are known; the largest difference, and where */
const selfCheck=N=>{
	const tol=N.trace.dtype==="float32"?2e-5:1e-9;
	let worst=0,far=0,where="";
	const compare=(a,b,size,name)=>{
		const off=abs(a-b),part=off/(tol*max(1,abs(a),size));
		if(Object.is(a,b))return;
		if(!(off<=worst))worst=off;
		if(!(part<=far)){far=part;where=name();}
	};
	for(const c of N.samples){
		if(!c.W||!N.known||c.size<2*N.order.length+3||c.edits.some(x=>x.what!=="weight"&&x.what!=="network"||x.name==="loss"))continue;
		const r=lesson(N,c,c.W);
		for(const q of["z","y","s","d"])N.trace.samples.recorded.forEach(v=>compare(c[q][v],r[q][v],(r.sizes[q]||r.z)[v],()=>`${N.names[v]}, sample ${c.S+1}`));
		if(!c.edits.length)compare(c.loss,r.loss+N.penalty(c.W),0,()=>`the loss of sample ${c.S+1}`);
		if(c.derived)c.derived.forEach((v,w)=>compare(c.moves[w],v,abs(c.old[w]),()=>`the step of weight ${w+1}, sample ${c.S+1}`));
	}
	return{good:far<=1,worst,where};
};

/* ---- what is known at a step: all else is undefined ---- */
const view=(N,S,I)=>{
	const c=N.at(S),e=c.events[min(I,c.events.length-1)],q=N.q,gate=(step,list,i)=>step<=e.q&&!(list[i]!==list[i]&&!c.W)?list[i]:undefined;
	const V={c,e,S,I,
		z:v=>gate(N.input[v]?2:q.neuron[0][v],c.z,v),y:v=>gate(q.neuron[0][v],c.y,v),slope:v=>N.group[v]?undefined:gate(q.neuron[0][v],c.slope,v),
		s:v=>gate(N.out[v].length||N.target(v)<0?q.neuron[1][v]:q.loss,c.s,v),d:v=>gate(q.neuron[1][v],c.d,v),
		moved:w=>c.W2&&q.weight[w]<=e.q?c.W2[w]-c.old[w]:undefined,w:w=>V.moved(w)!==undefined?c.W2[w]:c.W?N.weigh(c,c.W,w,e.q+1):undefined,
		arrived:v=>[...(N.target(v)>=0&&q.loss<=e.q?[["the loss",c.cost[v]]]:[]),...N.out[v].filter(l=>V.blame(l)!==undefined).map(l=>[N.names[N.links[l][1]],c.blame[l]])]};
	["signal","blame","own"].forEach((k,i)=>{V[k]=l=>c.W?gate(q.link[i&&1][l],c[k],l):undefined;});
	return V;
};

/* ---- an event in words: a title, formulas in symbols and with the numbers, one plain sentence ---- */
const shutWord=(N,c,v)=>abs(c.slope[v])/N.steepest[v]>=.02?"":{relu:"dead",step:"flat"}[N.acts[v]]||"saturated";
const wordsOf=(N,V)=>{
	const{e,c}=V,name=v=>N.names[v],add=list=>listed(list.map(v=>num(v)),5," + ").replaceAll("+ −","− ")||"0",b=v=>`<b>${num(v)}</b>`,arrow=l=>N.links[l].slice(0,2).map(name).join(" → ");
	const v=e.m&&e.m[0],f=N.acts[v],F=ACTIVATIONS[f],L=LOSSES[N.h.loss]||[0,0,N.h.loss,"?"],[from,to,w]=N.links[e.l]||[],own=N.own;
	if(e.kind==="start")return["Before the lesson",[],`Nothing is computed yet: ${N.n} neurons, ${N.links.length} links, loss ${N.h.loss}, ${N.h.optimizer.name} with learning rate ${num(c.rate)}.`];
	if(e.kind==="feed"){const told=listed(N.ins.map((v,k)=>`${name(v)} = ${num(c.x[k])}`));return["The sample is put in",[told],`The sample is put in: ${told}.`];}
	if(e.kind==="loss"){
		const top=N.outs.reduce((a,v)=>abs(c.cost[v])>abs(c.cost[a])?v:a,N.outs[0]),k=N.h.share===1?"":"1/n × ";
		return[`The loss: ${num(c.loss)}`,[`loss of an output = ${k}${L[2]}`,`its slope dLoss/dy = ${k}${L[3]}`,...N.outs.slice(0,4).map(v=>`${name(v)}: y ${num(c.y[v])}, t ${num(c.t[N.target(v)])}: dLoss/dy = ${b(c.cost[v])}`)],
			`The loss is ${num(c.loss)}. `+(c.cost[top]?`Raising ${name(top)} would ${c.cost[top]>0?"raise":"lower"} it: its blame from the loss is ${num(c.cost[top])}.`:"No output is to blame.")];
	}
	if(e.kind==="group")return e.back?[`The softmax group mixes blame`,["delta = p × blame − p × Σ p × blame",...e.m.slice(0,4).map(v=>`${name(v)}: ${num(c.y[v])} × ${put(c.s[v])} − ${num(c.y[v])} × ${put(sum(e.m,u=>c.y[u]*c.s[u]))} = ${b(c.d[v])}`)],"The group has no gate, it mixes: raising one total input takes from all other shares, so each delta needs every blame."]
		:["The softmax group normalises",["p = e^z / Σ e^z",...e.m.slice(0,4).map(v=>`${name(v)}: e^${put(c.z[v])} / Σ = ${b(c.y[v])}`)],`The outputs become shares of one whole: ${listed(e.m.map(v=>`${name(v)} ${num(c.y[v],3)}`))}.`];
	if(e.kind==="link")return e.back?[`${arrow(e.l)} hands back and keeps`,[`hands back: blame = weight × delta of ${name(to)}`,`= ${num(V.w(w))} × ${put(c.d[to])} = ${b(c.blame[e.l])}`,`keeps: gradient = output of ${name(from)} × delta`,`= ${num(c.y[from])} × ${put(c.d[to])} = ${b(c.own[e.l])}`],
		`${name(to)} hands ${num(c.blame[e.l])} back to ${name(from)}${N.input[from]||N.bias[from]?", who has no use for it":""}; the link keeps ${num(c.own[e.l])}, its own gradient.`]
		:[`${arrow(e.l)} carries`,["signal = weight × output",`= ${num(V.w(w))} × ${put(c.y[from])} = ${b(c.signal[e.l])}`],`The link carries ${num(V.w(w))} × ${num(c.y[from])} = ${num(c.signal[e.l])} from ${name(from)} to ${name(to)}.`];
	if(e.kind==="neuron"&&!e.back)return N.bias[v]?[`${name(v)} says 1`,["output = 1"],`${name(v)} is a bias: it always says 1.`]:[`${name(v)} ${N.into[v].length?"sums and activates":"passes its value on"}`,
		[...(N.into[v].length?["total input z = Σ signals",(c.W?`= ${add(N.into[v].map(l=>c.signal[l]))} `:"")+`= ${b(c.z[v])}`]:[]),`output = ${f}(z)${F?" = "+F[2]:""}`,`= ${f}${F&&f==="identity"?put(c.z[v]):`(${num(c.z[v])})`} = ${b(c.y[v])}`],
		N.into[v].length?`${name(v)} sums ${N.into[v].length} signals to ${num(c.z[v])} and puts out ${f}(${num(c.z[v])}) = ${num(c.y[v])}.`:`${name(v)} puts out ${num(c.y[v])}.`];
	if(e.kind==="neuron"){
		const bars=V.arrived(v),shut=shutWord(N,c,v);
		if(N.bias[v])return[`${name(v)} has no use for blame`,[`blame = ${b(c.s[v])}, slope 0`],`Blame arrived at ${name(v)}, but a bias always says 1: nobody uses it.`];
		return[`${name(v)} collects and turns blame`,["blame = Σ of what arrived: all paths add",(c.W?`= ${add(bars.map(x=>x[1]))} `:"")+`= ${b(c.s[v])}`,`delta = blame × slope of ${f}`,`= ${put(c.s[v])} × ${put(c.slope[v])} = ${b(c.d[v])}`],
			`${name(v)} collects ${num(c.s[v])} of blame from ${bars.length} side${bars.length===1?"":"s"}; ${shut?`it is ${shut}: its slope ${num(c.slope[v])} lets next to nothing through.`:`its slope ${num(c.slope[v])} makes that a delta of ${num(c.d[v])}.`}`];
	}
	const one=e.w[0],rule=N.h.optimizer.name;
	if(!c.W2)return["The weights move",[],"The steps of the weights are not in this trace for this sample."];
	if(e.w.length>1)return["The weights move",[`${rule}, learning rate ${num(c.rate)}`],`All ${e.w.length} weights move by ${rule}; the largest step is ${num(e.w.reduce((m,w)=>max(m,abs(c.W2[w]-c.old[w])),0))}.`];
	const step=c.W2[one]-c.old[one],g=c.sums[one],ends=listed(N.holders[one].map(arrow),3),still=c.frozen.has(one),plain=N.plain&&!N.pull(one,c.old[one])&&abs(step+c.rate*g)<=1e-6*abs(step)+1e-9;
	return[`The weight of ${ends} ${still?"is frozen":"moves"}`,still?["new = old",`= ${b(c.W2[one])}`]:[plain?"new = old − learning rate × gradient":`new = old + step of ${rule}`,`= ${num(c.old[one])} ${plain?`− ${num(c.rate)} × ${put(g)}`:`+ ${put(step)}`} = ${b(c.W2[one])}`],
		still?`The weight of ${ends} is frozen: it collects blame and stays ${num(c.W2[one])}.`:`The weight of ${ends} moves by ${num(step)}, from ${num(c.old[one])} to ${num(c.W2[one])}; its gradient is ${num(g)}.`];
};

/* ---- the stage: places in pixels; each link and neuron is a group whose drawing is a text made from the view ---- */
const scaleOf=(N,T)=>{
	const most={},up=(k,list)=>{most[k]=(list||[]).reduce((m,v)=>isFinite(v)?max(m,abs(v)):m,most[k]||0);};
	for(const c of N.samples.filter((c,S)=>c.k>=0||S<12).slice(0,24)){
		N.at(c.S);
		up("signal",c.signal);up("blame",c.blame);up("w",c.W);up("w",c.W2);up("y",c.y);up("s",c.s.filter((_,v)=>!N.bias[v]&&!N.input[v]));
		up("sum",range(N.n).filter(v=>!N.bias[v]).map(v=>sum(N.out[v],l=>abs(c.blame[l]))+abs(c.cost[v])));
	}
	return{...most,width:(v,k)=>T.thinnest+T.spread*sqrt(min(1,abs(v)/(most[k]||1)))};
};
const barsSvg=(list,s,x,y,wide,scale,q)=>{
	let high=0,low=0;
	const rect=(v,x,base)=>`<rect class="lp-bar ${tone(v)}" x="${x}" y="${y-(v>0?base+v*scale:-base)}" width="${wide}" height="${max(.6,abs(v)*scale)}"/>`;
	const out=list.slice(0,9).map(([,v],i)=>{const r=rect(v,x+i*(wide+1.5)*(1-q),v>0?high*q:low*q);if(v>0)high+=v*scale;else low-=v*scale;return r;}).join("");
	return out+(s!==undefined&&q===1&&list.length?rect(s,x+wide*1.5,0):"");
};
const stageOf=(svg,N,c,T,M,font,width)=>{
	const k=.55+.45*font,count=N.links.length,dense=count>60,thin=count>300?.3:dense?.5:1,last=max(...N.gen),gens=range(last+1);
	const plain=gens.map(g=>range(N.n).filter(v=>N.gen[v]===g&&!N.bias[v])),pixels=plain.map(p=>p.length>48),biased=N.bias.some(Boolean);
	const rows=max(...plain.map((p,g)=>pixels[g]?1:p.length))+biased,top=42*font,high=max(330*k,rows*(rows>8?42:rows>5?70:112)*k),R=min(29*k,.38*high/rows),total=top+high+66*font;
	const side=min((high-26*font)/2,210*k),wides=plain.map(p=>N.trace.image&&p[0]===N.ins[0]?N.trace.image[1]:ceil(sqrt(p.length))),cell=gens.map(g=>side/max(wides[g],ceil(plain[g].length/wides[g])));
	const edge=40*k+22,gap=(width-2*edge-side*sum(pixels,Number))/max(last,1),left=gens.map(g=>edge+gap*g+side*sum(pixels.slice(0,g),Number)),flat=!pixels.some(Boolean),X=[],Y=[],rad=[];
	range(N.n).forEach(v=>{
		const g=N.gen[v],i=plain[g].indexOf(v),at=flat&&N.places&&N.places[v],down=f=>top+R+(high-2*R)*f;
		rad[v]=i<0?R*.8:R;
		X[v]=at?edge+(width-2*edge)*at[0]:left[g]+(pixels[g]?side*(i<0?1:.5):0);
		Y[v]=down(at?at[1]:i<0?1:rows<2?.5:(i+.5)/plain[g].length*(biased?.84:1));
		if(pixels[g]&&i>=0){rad[v]=0;X[v]=left[g]+side;Y[v]=top+cell[g]*((i/wides[g]|0)+.5);}
	});
	const text=(x,y,s,c="lp-dim",anchor="middle")=>`<text class="${c}" x="${x}" y="${y}" text-anchor="${anchor}">${safe(s)}</text>`;
	let shown=range(count),below="";
	const few=count>T.most_links;
	if(few){
		shown.sort((a,b)=>abs(c.blame[b])-abs(c.blame[a]));
		const pairs=new Map;let row=0;
		for(const l of shown.splice(T.shown_links)){const p=N.links[l].slice(0,2).map(v=>N.gen[v]).join();pairs.set(p,(pairs.get(p)||0)+1);}
		for(const[p,n]of pairs){
			const[a,b]=p.split(",").map(g=>{const ys=plain[g].map(v=>Y[v]);return[left[g]+(pixels[g]?side:0),min(...ys),max(...ys)];});
			below+=`<path class="lp-ribbon" d="M${a[0]},${a[1]}L${b[0]},${b[1]}V${b[2]}L${a[0]},${a[2]}Z"/>`+text(left[1]||0,total-(18+15*row++)*font,`ribbon ${p.replace(","," → ")}: ${n} more links`);
		}
	}
	N.h.groups.forEach(m=>{const ys=m.map(v=>Y[v]),x=X[m[0]],w=R+16*k,a=min(...ys)-R-20*font,b=max(...ys)+R+18*font;below+=`<rect class="lp-group" x="${x-w}" y="${a}" width="${2*w}" height="${b-a}" rx="14"/>`+text(x,b+13*font,"softmax: mixes");});
	gens.forEach(g=>{below+=text(left[g]+(pixels[g]?side/2:0),13*font,plain[g].includes(N.ins[0])?"inputs":plain[g].includes(N.outs[0])?"outputs":`generation ${g}`);});
	const tab=N.n+count>120?"":` tabindex="0" role="button"`;
	svg.setAttribute("width",width);svg.setAttribute("height",total);svg.setAttribute("viewBox",`0 0 ${width} ${total}`);
	svg.innerHTML=`<g>${below}</g><g class="lp-blocks"></g><g>${shown.map(l=>{const[a,b]=N.links[l];return `<g class="lp-link" data-id="l${l}"${tab} aria-label="link ${safe(N.names[a])} to ${safe(N.names[b])}"></g>`;}).join("")}</g><g class="lp-numbers"></g><g>${range(N.n).filter(v=>rad[v]).map(v=>`<g class="lp-neuron" data-id="v${v}"${tab} aria-label="neuron ${safe(N.names[v])}" transform="translate(${X[v]},${Y[v]})"></g>`).join("")}</g><g class="lp-foot"></g>`;
	const at=Object.fromEntries([...svg.querySelectorAll("[data-id]")].map(g=>[g.dataset.id,g])),[blocks,numbers,foot]=["blocks","numbers","foot"].map(q=>svg.querySelector(".lp-"+q));

	/* a link: the spot at u = 0 ... 1 between the rims, o pixels above the centre line; a lane spreads from its sending end */
	const line=l=>{
		const[a,b]=N.links[l],dx=X[b]-X[a],dy=Y[b]-Y[a],L=hypot(dx,dy)||1,bow=(flat&&N.bends[l]||0)*-4*(high-2*R);
		const spot=(u,o)=>{const t=mix(rad[a]/L,1-rad[b]/L,u),sy=dy+bow*(1-2*t),s=hypot(dx,sy);return[X[a]+dx*t+o*sy/s,Y[a]+dy*t+bow*t*(1-t)-o*dx/s];};
		return{L,spot,path:(o,from=0,to=1)=>"M"+range(bow?17:2).map(i=>spot(mix(from,to,i/(bow?16:1)),o).map(v=>v.toFixed(1))).join("L")};
	};
	const laneSvg=(p,value,kind,up,part)=>{
		if(value===undefined)return dense?"":`<path class="lp-empty" d="${p.path((up?1:-1)*(T.lane_gap/2+1))}"/>`;
		const w=M.width(value,kind)*thin,o=(up?1:-1)*(T.lane_gap*thin+w)/2,d=up?p.path(o,0,part):p.path(o,1,1-part),lane=`<path class="lp-lane ${tone(value)}" stroke-width="${w.toFixed(2)}" d="${d}"/>`;
		if(dense||part<1)return lane;
		const chevron=u=>{const[x,y]=p.spot(u,o),[x2,y2]=p.spot(u+.01,o),n=hypot(x2-x,y2-y)*(up?1:-1),ex=(x2-x)/n,ey=(y2-y)/n,h=w/2+2.5;return `M${x-(ex+ey)*h},${y-(ey-ex)*h}L${x},${y}L${x-(ex-ey)*h},${y-(ey+ex)*h}`;};
		const[x,y]=p.spot(up?1-12*k/p.L:12*k/p.L,o+(up?1:-1)*(w/2+6*k));
		return lane+`<path class="lp-chevron ${tone(value)}" d="${chevron(.4)}${chevron(.6)}"/>`+text(x,y+4*font,value>0?"+":value<0?"−":"","lp-head "+tone(value));
	};
	const lines=Object.fromEntries(shown.map(l=>[l,line(l)])),fat=v=>M.width(v,"w")*thin;
	const paintLink=(l,V,part=1)=>{
		const g=at["l"+l],p=lines[l],w=N.links[l][2],value=V.w(w),moved=V.moved(w),signal=V.signal(l),blame=V.blame(l),back=V.e.phase===3;
		if(!g)return;
		const ghost=moved===undefined?"":`<path class="lp-ghost" d="${p.path(0)}" stroke-width="${fat(c.old[w])+2.5}"/><path class="lp-inner" d="${p.path(0)}" stroke-width="${fat(c.old[w])}"/>`;
		g.innerHTML=ghost+`<path class="lp-core ${value<0?"lp-dash":""}" d="${p.path(0)}" stroke-width="${moved===undefined?thin:mix(fat(c.old[w]),fat(value),part)}"/>`
			+laneSvg(p,signal,"signal",true,back?1:part)+laneSvg(p,blame,"blame",false,back?part:1)+`<path class="lp-hit" d="${p.path(0)}"/>`;
	};
	/* numbers on links: each looks for a spot where no other number stands */
	const paintNumbers=V=>{
		if(count>T.most_numbers)return;
		const taken=range(N.n).filter(v=>rad[v]).map(v=>[X[v],Y[v]]),say=(p,spots,o,t,c)=>{
			const free=([x,y])=>taken.every(([x2,y2],i)=>abs(x-x2)>44*font||abs(y-y2)>(i<N.n?R+10*font:15*font)),[x,y]=spots.map(u=>p.spot(u,o)).find(free)||p.spot(spots[0],o);
			taken.push([x,y]);
			return text(x,y+4*font,t,"lp-number "+c);
		},early=[.24,.32,.16,.4,.5],late=[.78,.7,.86,.62,.54],middle=[.47,.4,.54,.33,.6],beside=(v,kind,side)=>side*(3+M.width(v,kind)+9*font);
		numbers.innerHTML=shown.map(l=>{
			const w=N.links[l][2],p=lines[l],blame=V.blame(l),signal=V.signal(l);
			if(V.moved(w)!==undefined)return say(p,early,0,num(V.w(w),3),"lp-weight");
			if(V.e.phase>3)return "";
			if(blame!==undefined)return say(p,late,beside(blame,"blame",-1),num(blame,2),tone(blame))+say(p,middle,0,"∂ "+num(V.own(l),2),"lp-tag");
			return signal!==undefined?say(p,early,beside(signal,"signal",1),num(signal,2),tone(signal)):V.w(w)===undefined?"":say(p,early,0,num(V.w(w),2),"lp-weight");
		}).join("");
	};
	const half=(v,most,right)=>{const r=R*sqrt(min(1,abs(v)/(most||1)));return v===undefined?"":`<path class="lp-half ${tone(v)}" d="M0,${-r}A${r},${r} 0 0 ${right} 0,${r}Z"/>`;};
	const paintNeuron=(v,V,part=1)=>{
		const g=at["v"+v];
		if(!g)return;
		const r=rad[v],y=V.y(v),s=V.s(v),d=V.d(v),slope=V.slope(v),big=r>19*k,mute=N.bias[v],passes=mute||N.input[v]&&N.acts[v]==="identity";
		const open=slope===undefined||passes?undefined:min(1,abs(slope)/N.steepest[v])*r,shut=open!==undefined&&shutWord(N,c,v);
		const bars=dense||mute?"":barsSvg(V.arrived(v),s,r+5*k,0,5*k,r*1.4/(M.sum||1),s===undefined?0:part);
		g.innerHTML=`<circle class="lp-face" r="${r}"/>`+(mute?half(y,M.y*1.5,0):half(y,M.y,0)+half(s,M.s,1))+(open===undefined?"":`<path class="lp-gate ${shut?"lp-shut":""}" d="${shut?`M0,${-r}V${r}`:`M0,${-r}V${-open}M0,${open}V${r}`}"/>`)+`<circle class="lp-rim" r="${r}"/>`+bars
			+(big?text(0,-r-6,N.names[v],"lp-name")+text(-r/2,4*font,y===undefined?"":small(y),"lp-in")+text(r/2+1,4*font,s===undefined||mute?"":small(s),"lp-in")+text(0,r+13*font,shut||(d===undefined||passes?"":"δ "+num(d,2))+(slope<0?" (slope −)":""),shut?"lp-below lp-warn":"lp-below")
				:N.outs.includes(v)?text(r+5,4*font,N.names[v],"lp-name","start"):text(-r-4,4*font,N.names[v],"lp-name","end"));
	};
	/* a block: the values as an image, and beneath it the blame of each pixel, hollow below 0 */
	const paintBlock=(g,V)=>{
		const list=plain[g],size=cell[g],wide=wides[g],x0=left[g],tall=size*ceil(list.length/wide),y2=top+tall+24*font,values=list.map(v=>c.y[v]),low=min(0,...values),high=max(...values),cells=range(9).map(()=>""),blames=["",""],known=V.e.q>1&&(N.input[list[0]]||V.y(list[0])!==undefined),most=max(...list.map(v=>abs(c.s[v])))||1;
		list.forEach((v,i)=>{
			const x=x0+i%wide*size,y=(i/wide|0)*size,s=V.s(v),h=s?size*.92*sqrt(abs(s)/most):0,o=(size-h)/2;
			if(known)cells[round(8*(values[i]-low)/(high-low||1))]+=`M${x.toFixed(1)},${(top+y).toFixed(1)}h${size}v${size}h${-size}z`;
			if(h>.4)blames[s<0?1:0]+=`M${(x+o).toFixed(1)},${(y2+y+o).toFixed(1)}h${h.toFixed(1)}v${h.toFixed(1)}h${(-h).toFixed(1)}z`;
		});
		return[top,y2].map(y=>`<rect class="lp-frame" x="${x0}" y="${y}" width="${size*wide}" height="${tall}"/>`).join("")+cells.map((d,i)=>`<path class="lp-pixel" fill-opacity="${i/8}" d="${d}"/>`).join("")+blames.map((d,i)=>`<path class="${i?"lp-hollow":"lp-solid"}" d="${d}"/>`).join("")
			+text(x0+size*wide/2,y2-7,V.s(list[0])===undefined?"blame: not yet":"blame of each pixel: filled +, hollow −");
	};
	const paintFoot=(g,V)=>{
		const of=plain[g],into=N.links.flatMap(([a,b],l)=>N.gen[b]===g&&!N.bias[a]&&!N.bias[b]?[l]:[]),x=left[g]+(pixels[g]?side/2:0),y=total-40*font;
		if(!into.length||!c.W||of.some(v=>V.s(v)===undefined)||into.some(l=>V.blame(l)===undefined))return "";
		const pair=[sum(of,v=>c.s[v]),sum(into,l=>c.blame[l])],most=max(...pair.map(abs))||1;
		return text(x,y-11*font,T.not_a_pie)+pair.map((v,i)=>`<rect class="lp-bar ${tone(v)}" x="${x-46*k}" y="${y+i*15*font-5*font}" width="${max(1,42*k*abs(v)/most)}" height="${9*font}"/>`+text(x+3,y+i*15*font+4*font,`${num(v,2)} ${i?"out":"in"}`,"lp-dim","start")).join("");
	};
	return{few,shown,paintLink,paintNeuron,paintNumbers,
		paint:V=>{
			shown.forEach(l=>paintLink(l,V));range(N.n).forEach(v=>paintNeuron(v,V));paintNumbers(V);
			blocks.innerHTML=gens.filter(g=>pixels[g]).map(g=>paintBlock(g,V)).join("");foot.innerHTML=gens.map(g=>paintFoot(g,V)).join("");
			svg.classList.toggle("lp-updating",V.e.phase===4);
		},
		mark:(focus,active)=>{for(const id in at){at[id].classList.toggle("lp-on",active.has(id));at[id].classList.toggle("lp-focus",id===focus);}}};
};

/* ---- the page around the stage ---- */
const button=(act,text,tip=text)=>`<button type="button" data-act="${act}" title="${tip}">${text}</button>`;
const LEVELS=["link","neuron","generation","phase","sample"],PHASES=["feed","forward","cost","backward","update"],SPEEDS=[.25,.5,1,2,4];
const checksum=text=>{let c=-1;for(let i=0;i<text.length;i++){c ^=text.charCodeAt(i);for(let k=8;k--;)c=c>>>1 ^(c&1?0xEDB88320:0);}return ~c>>>0;};

const render=({model,el})=>{
	const T=model.get("theme"),live=model.get("live"),page=model.get("page"),doc=el.ownerDocument,win=doc.defaultView,root=doc.createElement("div"),over=new AbortController,on=(target,name,f)=>target.addEventListener(name,f,{signal:over.signal});
	root.className="lp-root";root.tabIndex=0;root.innerHTML=model.get("shell");el.append(root);
	const $=q=>root.querySelector(q),svg=$(".lp-stage svg"),slider=$("[type=range]"),still=win.matchMedia("(prefers-reduced-motion: reduce)"),night=win.matchMedia("(prefers-color-scheme: dark)");
	let N,M,stage,S=0,I=0,level=0,speed=1,font=model.get("font")||1,focus="",dark,playing,flight,checked="",question,tally=[0,0],passed=new Set,notes,key,wide;
	const c=()=>N.at(S),V=()=>view(N,S,I),position=()=>c().from+c().events[I].q,shows=(q,yes)=>{$(q).hidden=!yes;};

	/* light or dark: as the button says, as the host says (JupyterLab, VS Code), as the system says */
	const dress=()=>{
		const host=doc.body.dataset.jpThemeLight,name=(dark!==undefined?dark:host?host==="false":/vscode-dark/.test(doc.body.className)||night.matches)?"dark":"light",colours=T.colours[name];
		for(const k in colours)root.style.setProperty("--lp-"+k,colours[k]);
		root.dataset.theme=name;root.style.fontSize=14*font+"px";
		if(page)doc.body.style.background=colours.background;
	};
	const active=e=>e.kind==="link"?["l"+e.l]:e.m?e.m.map(v=>"v"+v):e.kind==="update"&&e.w.length<2?N.holders[e.w[0]].map(l=>"l"+l):e.kind==="loss"?N.outs.map(v=>"v"+v):[];
	const chosen=()=>focus||active(c().events[I])[0]||"";
	const dl=list=>`<dl>${list.map(([a,b])=>`<dt>${a}</dt><dd ${b===NOT?`class="lp-not"`:""}>${b}</dd>`).join("")}</dl>`;
	const strip=(v,now)=>{
		const list=now.arrived(v),s=now.s(v),d=now.d(v),k=30/(max(sum(list,b=>abs(b[1])),abs(s||0),abs(d||0))||1);
		if(!list.length||N.bias[v])return "";
		const open=now.slope(v)===undefined?0:min(1,abs(now.slope(v))/N.steepest[v])*30,label=(x,t)=>`<text x="${x}" y="84" text-anchor="middle">${t}</text>`;
		return `<svg viewBox="0 0 240 88" role="img" aria-label="blame at ${safe(N.names[v])}"><path class="lp-axis" d="M4,38H236"/>${barsSvg(list,undefined,14,38,18,k,s===undefined?0:1)}${label(30,"arrived")}`+(s===undefined?"":barsSvg([["",s]],undefined,88,38,18,k,1)+label(97,"sum")+(N.group[v]?label(150,"mixes"):`<path class="lp-gate ${open<.7?"lp-shut":""}" d="M150,6V${38-open}M150,${38+open}V70"/>`+label(150,"gate"))+(d===undefined?"":barsSvg([["",d]],undefined,200,38,18,k,1)+label(209,"delta")))+"</svg>";
	};
	const card=now=>{
		const id=chosen(),i=+id.slice(1),name=v=>safe(N.names[v]);
		shows(".lp-card",id);
		if(!id)return;
		if(id[0]==="v"){$(".lp-card").innerHTML=`<h3>neuron ${name(i)}</h3>`+dl([["activation",safe(N.acts[i])],["total input",num(now.z(i))],["output",num(now.y(i))],["blame",num(now.s(i))],["slope",N.group[i]?"its group mixes":num(now.slope(i))],["delta",num(now.d(i))]]);return;}
		const[a,b,w]=N.links[i],still=c().frozen.has(w),shared=N.holders[w].length;
		$(".lp-card").innerHTML=`<h3>link ${name(a)} → ${name(b)}</h3>`+dl([["weight",num(now.w(w))+(still?", frozen":"")+(shared>1?`, shared by ${shared} links`:"")],["signal",num(now.signal(i))],["blame handed back",num(now.blame(i))],["own gradient",num(now.own(i))],["step",num(now.moved(w))]])+button("check","Gradient check","nudge the weight and compare (G)")
			+(live?`<p class="lp-edit"><label>weight <input class="lp-weight-in" type="number" step="any" value="${now.w(w)}"></label>${button("edit","Set","set this weight")}<label><input class="lp-freeze" type="checkbox" ${still?"checked":""}> frozen</label></p>`:"")+`<div class="lp-check" role="status">${checked}</div>`;
	};
	/* nudge a weight by ±ε and do the lesson again: the slope of the loss beside output × delta */
	const check=()=>{
		const id=chosen(),w=id[0]==="l"&&N.links[+id.slice(1)][2],eps=1e-5,loss=e=>{const W=Float64Array.from(c().W);W[w]+=e;return lesson(N,c(),W).loss;};
		if(id[0]!=="l")return;
		focus=id;
		const pair=N.known&&c().W&&[loss(-eps),loss(eps)],slope=pair&&(pair[1]-pair[0])/2/eps,own=sum(N.holders[w],l=>c().own[l]),off=abs(slope-own),good=off<=1e-6+1e-4*abs(own);
		checked=pair?dl([["loss at weight − ε",num(pair[0],9)],["loss at weight + ε",num(pair[1],9)],["slope",num(slope,6)],["output × delta",num(own,6)]])+`<p class="${good?"lp-good":"lp-bad"}">${good?"✓ they agree":"✗ they differ by "+num(off,2)} (ε = 0.00001)</p>`:"The page cannot do this lesson again: it does not know a function, or the weights.";
		show();
	};

	/* predict first: a gate of the trace, or (P) a question about the next event */
	const quantity=of=>{
		const k=c(),i=of.neuron,q=of.quantity,l=of.link,w=of.weight;
		return i!==undefined?k[{total_input:"z",output:"y",sensitivity:"s",delta:"d"}[q]][i]:l!==undefined?k[q==="gradient"?"own":q][l]:w!==undefined?q==="step"?k.W2[w]-k.old[w]:k.W2[w]:k.loss;
	};
	const invent=e=>{
		const v=e.m&&e.m[0],n=v=>N.names[v],[a,b,w]=N.links[e.l]||[],D=(neuron,quantity="delta")=>({neuron,quantity}),sure=(question,kind,of,than)=>({question,kind,of,than});
		if(e.kind==="link")return e.back?sure(`Which sign has the blame that ${n(b)} hands back to ${n(a)}?`,"sign",{link:e.l,quantity:"blame"}):sure(`What will ${n(a)} → ${n(b)} carry? The weight is ${num(c().W[w])}.`,"number",{link:e.l,quantity:"signal"});
		if(e.kind==="loss")return N.outs[1]===undefined?sure(`Which sign has the blame of ${n(N.outs[0])}?`,"sign",D(N.outs[0],"sensitivity")):sure(`Compare in size: the blame of ${n(N.outs[0])} and that of ${n(N.outs[1])}. The first is …`,"compare",D(N.outs[0],"sensitivity"),D(N.outs[1],"sensitivity"));
		if(e.kind==="update")return c().W2&&sure(`Which way will the weight of ${N.links[N.holders[e.w[0]][0]].slice(0,2).map(n).join(" → ")} move?`,"sign",{weight:e.w[0],quantity:"step"});
		return v===undefined?null:e.back?sure(`Which sign has the delta of ${n(v)}?`,"sign",D(v)):sure(`What will ${n(v)} put out?`,"number",D(v,"output"));
	};
	const ask=(gate,to)=>{
		if(!gate)return;
		question={gate,to};
		const options={sign:["+","−","0"],compare:["larger","smaller","equal"]}[gate.kind];
		shows(".lp-ask",1);
		$(".lp-ask").innerHTML=`<h3>Predict first</h3><p>${safe(gate.question||"What comes next?")}</p>`+(options?options.map(o=>button("answer",o,o)).join(""):`<input class="lp-guess" inputmode="decimal" size="8" aria-label="your number"> ${button("answer","That is it","answer")}`)+`<p class="lp-dim">→ shows it without an answer</p>`;
	};
	const answer=given=>{
		const{gate,to}=question,v=quantity(gate.of),other=gate.than&&quantity(gate.than),word=gate.kind==="sign"?v>0?"+":v<0?"−":"0":gate.kind==="compare"?abs(v)>abs(other)?"larger":abs(v)<abs(other)?"smaller":"equal":num(v);
		const right=gate.kind==="number"?abs(parseFloat(given.replace("−","-").replace(",","."))-v)<=(gate.tolerance||.05)*abs(v)+1e-9:given===word;
		tally=[tally[0]+right,tally[1]+1];
		to();
		shows(".lp-ask",1);
		$(".lp-ask").innerHTML=`<p class="${right?"lp-good":"lp-bad"}">${right?"✓ Right":"✗ Not so"}: ${word}${gate.kind==="number"?"":` (${num(v)}${other===undefined?"":" against "+num(other)})`}</p><p class="lp-tally">${tally[0]} of ${tally[1]} predicted</p>`;
		root.focus({preventScroll:true});
	};

	/* everything that does not move */
	const table=now=>{
		const e=now.e,g=e.g!==undefined?e.g:e.phase>1?N.gen[N.outs[0]]:0,cell=v=>`<td ${v===undefined?`class="lp-not"`:""}>${num(v)}</td>`,of=range(N.n).filter(v=>N.gen[v]===g);
		$(".lp-table").innerHTML=`<caption>Generation ${g} now${of.length>40?`: the first 40 of ${of.length} neurons`:""}</caption><thead><tr>${["neuron","activation","total input","output","blame","slope","delta"].map(t=>`<th scope="col">${t}</th>`).join("")}</tr></thead><tbody>${of.slice(0,40).map(v=>`<tr><th scope="row">${safe(N.names[v])}</th><td>${safe(N.acts[v])}</td>${["z","y","s","slope","d"].map(q=>N.group[v]&&q==="slope"?"<td>mixes</td>":cell(now[q](v))).join("")}</tr>`).join("")}</tbody>`;
	};
	const curve=()=>{
		const box=$(".lp-curve"),list=N.samples.map(s=>s.loss),high=max(...list.filter(isFinite),1e-12),n=list.length-1,at=i=>[8+(wide-16)*i/(n||1),66-56*list[i]/high];
		box.style.display=n?"":"none";
		if(!n)return;
		const[x,y]=at(S);
		box.setAttribute("width",wide);box.setAttribute("height",80);
		box.innerHTML=`<path class="lp-axis" d="M8,66H${wide-8}"/><path class="lp-line" d="M${range(n+1).filter(i=>isFinite(list[i])).map(i=>at(i).map(v=>v.toFixed(1)).join()).join("L")}"/>${N.samples.filter(s=>s.k>=0).map(s=>`<circle class="lp-detail" r="2.5" cx="${at(s.S)[0]}" cy="66"/>`).join("")}<path class="lp-now" d="M${x},4V66"/><circle class="lp-now" r="4" cx="${x}" cy="${y||66}"/><text x="8" y="79">loss of each sample, 0 to ${num(high,3)}; drag to jump</text>`;
	};
	const build=()=>{
		wide=max(320,$(".lp-stage").clientWidth);
		stage=stageOf(svg,N,c(),T,M,font,wide);
		$(".lp-few").textContent=stage.few?`${stage.shown.length} of ${N.links.length.toLocaleString("en")} links are drawn, those with the most blame; ribbons stand for the others.`:"";
		$(".lp-bands").innerHTML=PHASES.map((name,p)=>{const n=c().events.filter(e=>e.phase===p).length;return n?`<span class="lp-phase${p}" style="flex:${n}">${n*14>c().events.length?name:""}</span>`:"";}).join("");
		slider.max=c().events.length-1;
		curve();
	};
	const show=()=>{
		const now=V(),e=now.e,[title,lines,say]=wordsOf(N,now),v=e.m&&e.kind!=="link"?e.m[0]:chosen()[0]==="v"?+chosen().slice(1):e.back?N.links[e.l][0]:undefined;
		stage.paint(now);stage.mark(focus,new Set(active(e)));
		$("h2").textContent=title;$(".lp-formula").innerHTML=lines.map(l=>`<div>${safe(l).replace(/&#60;(\/?b)&#62;/g,"<$1>")}</div>`).join("");
		if($(".lp-say").textContent!==say)$(".lp-say").textContent=say;
		$(".lp-strip").innerHTML=v!==undefined&&e.phase>1?strip(v,now):"";
		$(".lp-where").textContent=`${N.samples.length>1?`sample ${S+1} of ${N.samples.length}, `:""}${PHASES[e.phase]}, step ${I+1} of ${c().events.length}`;
		slider.value=I;slider.setAttribute("aria-valuetext",title);
		$(".lp-level").value=level;$(".lp-speed").value=speed;
		$("[data-act=play]").textContent=playing?"Stop":"Play";
		const p=position(),said=N.trace.script.filter(s=>s.at<=p).pop();
		shows(".lp-notes",notes);$(".lp-notes").innerHTML=`<h3>Notes</h3><p>${said?safe(said.say):"No notes for this step."}</p>`;
		card(now);table(now);curve();remember();
	};
	/* the address keeps step, speed and focus; so does the session, where there is one (a sandboxed frame has none) */
	const remember=()=>{
		if(!page)return;
		const[l,i]=[focus[0]==="l"&&N.links[+focus.slice(1)],+focus.slice(1)],state=new URLSearchParams({step:+position().toFixed(4),speed,by:LEVELS[level],...(focus&&{focus:l?N.names[l[0]]+"->"+N.names[l[1]]:N.names[i]})})+"";
		attempt(()=>win.history.replaceState(null,"","#"+state));attempt(()=>win.sessionStorage.setItem(key,state));
	};
	const recall=text=>{
		const state=new URLSearchParams(text),name=state.get("focus"),[a,b]=(name||"").split("->");
		if(SPEEDS.includes(+state.get("speed")))speed=+state.get("speed");
		level=max(0,LEVELS.indexOf(state.get("by")||LEVELS[level]));
		const l=N.links.findIndex(([x,y])=>N.names[x]===a&&N.names[y]===b),v=N.names.indexOf(name);
		focus=l>=0?"l"+l:v>=0?"v"+v:"";
		if(state.has("step"))place(+state.get("step"));
	};
	const place=p=>{if(p>=0){S=max(0,N.samples.findLastIndex(s=>s.from<p));I=max(0,c().events.findLastIndex(e=>e.q<=p-c().from+.001));}};

	/* moving: to an event; the parts in between are animated, and a second key press completes that at once */
	const finish=()=>{if(flight){win.cancelAnimationFrame(flight);flight=0;show();}};
	const go=(s,i,animate)=>{
		finish();
		const from=s===S?I:-1,changed=s!==S,phase=c().events[I].phase;
		S=clamp(s,0,N.samples.length-1);I=clamp(i,0,c().events.length-1);checked="";question=null;shows(".lp-ask",0);
		if(changed)build();
		show();
		if(!animate||still.matches||I<=from)return;
		const moved=c().events.slice(from+1,I+1),T1=T.timing,now=V(),time=(now.e.phase!==phase?T1.phase:moved.length>1?T1.fan:T1.link)/speed,gap=min(T1.stagger/speed,time*.6/moved.length),each=time-gap*moved.length;
		const items=moved.map((e,i)=>({e,delay:i*gap})).filter(({e})=>e.kind!=="feed").slice(-600),start=win.performance.now();
		const draw=t=>items.forEach(({e,delay})=>{
			const part=clamp((t-start-delay)/each,0,1);
			if(e.kind==="link")stage.paintLink(e.l,now,part);else if(e.kind==="update")e.w.forEach(w=>N.holders[w].forEach(l=>stage.paintLink(l,now,part)));else if(e.m)e.m.forEach(v=>stage.paintNeuron(v,now,part));
		});
		const tick=t=>{draw(t);if(t-start<time)flight=win.requestAnimationFrame(tick);else{flight=0;stage.paint(now);}};
		draw(start);
		flight=win.requestAnimationFrame(tick);
	};
	const target=(way,by)=>{
		const ends=c().ends[by],i=way>0?ends.find(x=>x>I):ends.filter(x=>x<I).pop();
		if(i!==undefined)return[S,i];
		if(way<0)return I?[S,0]:S?[S-1,N.at(S-1).events.length-1]:null;
		return S+1<N.samples.length?[S+1,N.at(S+1).ends[by][0]]:null;
	};
	const gateBefore=(s,i)=>{
		const from=s===S?position():c().from+c().size+.5,to=N.at(s).from+N.at(s).events[i].q;
		return N.trace.gates.find(g=>!passed.has(g)&&g.at+1>from&&g.at+1<=to);
	};
	const move=(way,by=level)=>{
		finish();
		const next=target(way,by);
		if(!next)return false;
		const gate=way>0&&!question&&gateBefore(...next);
		if(question)passed.add(question.gate);
		if(gate){
			playing=clearTimeout(playing);
			place(gate.at);go(S,I);passed.add(gate);
			const[s,i]=target(1,0);
			ask(gate,()=>go(s,i,true));
			return true;
		}
		go(...next,way>0);
		return true;
	};
	const play=()=>{playing=setTimeout(()=>{if(move(1)&&playing)play();else{playing=0;show();}},(flight?250:900)/speed+(flight?T.timing.fan/speed:0));};
	const holds=(text,s,i)=>{
		const k=N.at(s),e=k.events[i],[what,limit]=text.split("<").map(t=>t.trim()),small=+limit,back=e.back&&e.kind!=="link",link=N.links[e.l],name=e.kind==="link"?N.names[link[0]]+"->"+N.names[link[1]]:"";
		if(what.startsWith("phase="))return PHASES[e.phase]===what.slice(6);
		if(limit!==undefined)return back&&e.m.some(v=>abs(k[what==="delta"?"d":"slope"][v])<small);
		if(what==="sign-flip")return e.back&&(link?k.blame[e.l]*k.d[link[1]]<0:e.m.some(v=>k.s[v]*k.d[v]<0));
		if(what==="loss-rose"){const same=N.samples.slice(0,s).filter(o=>""+o.x+o.t===""+k.x+k.t).pop();return e.kind==="loss"&&same&&k.loss>same.loss;}
		if(what==="nan")return link?!isFinite(e.back?k.blame[e.l]:k.signal[e.l]):e.m?e.m.some(v=>!isFinite(e.back?k.d[v]:k.y[v])):e.kind==="loss"&&!isFinite(k.loss);
		return name?name===what.replaceAll(/ |→/g,m=>m==="→"?"->":""):!!e.m&&e.m.some(v=>N.names[v]===what);
	};
	const run=()=>{
		const text=$(".lp-until").value.trim();
		for(let s=S,i=I+1;text&&s<N.samples.length;s++,i=0)for(;i<N.at(s).events.length;i++)if(holds(text,s,i)){$(".lp-found").textContent="";return go(s,i);}
		$(".lp-found").textContent=text?`“${text}” does not happen after this step`:"say what to run to";
	};
	const resize=size=>{font=clamp(size,...T.font_scales);dress();build();show();};
	const edit=()=>model.send({kind:"set",weight:N.links[+chosen().slice(1)][2],value:+$(".lp-weight-in").value});
	const actions={
		next:()=>move(1),back:()=>move(-1),first:()=>go(0,0),last:()=>go(N.samples.length-1,1e9),play:()=>{finish();playing=playing?clearTimeout(playing):(move(1),1);if(playing)play();show();},
		check,predict:()=>{const next=target(1,0);if(next&&next[0]===S)ask(invent(c().events[next[1]]),()=>go(...next,true));},notes:()=>{notes=!notes;show();},
		theme:()=>{dark=root.dataset.theme==="light";dress();},projector:()=>resize(font<2?2:1),print:()=>win.print(),help:()=>{shows(".lp-help",$(".lp-help").hidden);},run,edit,
		answer:b=>question&&answer($(".lp-guess")?$(".lp-guess").value:b.textContent),learn:()=>model.send({kind:"learn"}),train:()=>model.send({kind:"train",epochs:+$(".lp-epochs").value}),reset:()=>model.send({kind:"reset"})};
	const keys={ArrowRight:e=>move(1,e.shiftKey?2:level),ArrowLeft:e=>move(-1,e.shiftKey?2:level),ArrowUp:()=>{level=min(4,level+1);show();},ArrowDown:()=>{level=max(0,level-1);show();}," ":actions.play,Home:actions.first,End:actions.last,g:check,p:actions.predict,n:actions.notes,"+":()=>resize(font+.25),"=":()=>resize(font+.25),"-":()=>resize(font-.25),"−":()=>resize(font-.25),"?":actions.help,Escape:()=>{focus=checked="";shows(".lp-help",0);shows(".lp-ask",0);question=null;show();}};
	on(page?doc:root,"keydown",e=>{
		const at=e.target,f=keys[e.key.length===1?e.key.toLowerCase():e.key];
		if(live)e.stopPropagation();
		if(e.ctrlKey||e.metaKey||e.altKey)return;
		if(at.matches("input:not([type=range]), select")){if(e.key==="Enter"){if(at.matches(".lp-guess"))actions.answer();if(at.matches(".lp-until"))run();if(at.matches(".lp-weight-in"))edit();}return;}
		const id=(e.key==="Enter"||e.key===" ")&&at.dataset&&at.dataset.id;
		if(id){focus=id;checked="";show();}else if(f&&!(at.matches("button")&&e.key===" "))f(e);else return;
		e.preventDefault();e.stopPropagation();
	});
	on(root,"click",e=>{
		const b=e.target.closest("[data-act]"),part=e.target.closest("[data-id]");
		if(b)actions[b.dataset.act](b);else if(part){focus=part.dataset.id;checked="";show();if(live&&$(".lp-weight-in"))$(".lp-weight-in").focus();}
	});
	on(root,"change",e=>{
		const v=e.target.value;
		if(e.target.matches(".lp-level"))level=+v;else if(e.target.matches(".lp-speed"))speed=+v;else if(e.target.matches(".lp-freeze"))model.send({kind:"freeze",weight:N.links[+chosen().slice(1)][2],value:e.target.checked});else return;
		show();
	});
	on(slider,"input",()=>go(S,+slider.value));
	const drag=e=>{if(e.buttons){const x=clamp((e.clientX-$(".lp-curve").getBoundingClientRect().left-8)/(wide-16),0,1);go(round(x*(N.samples.length-1)),I);}};
	on($(".lp-curve"),"pointerdown",drag);on($(".lp-curve"),"pointermove",drag);
	on(night,"change",dress);
	const host=new MutationObserver(dress);
	host.observe(doc.body,{attributeFilter:["data-jp-theme-light","class"]});
	/* on paper: the drawing before anything is computed, so that the worksheet keeps its blanks */
	let paper;
	on(win,"beforeprint",()=>{paper=[S,I];go(0,0);});on(win,"afterprint",()=>go(...paper));
	on(win,"hashchange",()=>{if(page){recall(win.location.hash.slice(1));build();show();}});

	const load=()=>{
		const text=model.get("trace"),sum=model.get("checksum");
		N=decode(JSON.parse(text));
		const places=model.get("places")||{};
		N.places=N.trace.positions||places.positions;N.bends=places.bends||[];N.target=v=>N.outs.indexOf(v);N.title=N.trace.title||"A lesson";
		M=scaleOf(N,T);key="lernpy "+N.title+(sum||"");
		const found=selfCheck(N),badge=$(".lp-badge"),whole=!sum||checksum(text)===sum,good=found.good&&whole;
		badge.className="lp-badge "+(good?"lp-good":"lp-bad");
		badge.textContent=!whole?`✗ numbers were altered since this page was written${found.good?"":`: ${found.where} differs by ${num(found.worst,2)}`}`:good?`✓ recomputed = recorded, largest difference ${num(found.worst,2)}`:`✗ recomputed ≠ recorded: ${found.where}, largest difference ${num(found.worst,2)}`;
		if(good&&!N.known)badge.textContent="recorded only: a function of your own cannot be recomputed here";
		$("h1").textContent=N.title;
		$("#lp-conditions").insertAdjacentHTML("afterbegin",N.trace.breakpoints.map(t=>`<option value="${safe(t)}">`).join(""));
		S=min(S,N.samples.length-1);I=min(I,c().events.length-1);checked="";
	};
	load();
	level=N.links.length>60?2:0;
	shows(".lp-live",live);
	$(".lp-convention").textContent=T.sign_convention;
	dress();
	if(page){recall(win.location.hash.slice(1)||attempt(()=>win.sessionStorage.getItem(key))||"");root.focus({preventScroll:true});}
	build();show();
	const watcher=new ResizeObserver(()=>{if(abs($(".lp-stage").clientWidth-wide)>2){build();show();}});
	watcher.observe($(".lp-stage"));
	const reload=()=>{load();build();show();},told=m=>{if(m.news!==undefined)$(".lp-news").textContent=m.news;if(m.trace){model.set("trace",m.trace);reload();}};
	model.on("change:trace",reload);model.on("msg:custom",told);
	return()=>{over.abort();watcher.disconnect();host.disconnect();clearTimeout(playing);model.off("change:trace",reload);model.off("msg:custom",told);root.remove();};
};
export default{render};
