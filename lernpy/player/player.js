/* The player: lessons of a neural network, step by step. Of its host it uses model.get, on, off and send.
   What is shown is a function of (sample S, event I); a number that is not computed yet is undefined, never 0. */
const TINY=1.2e-38,{abs,max,min,sqrt,exp,log,log1p,tanh,hypot,round,ceil,sign}=Math;
const sum=(list,f=v=>v)=>list.reduce((a,v)=>a+f(v),0);
const clamp=(v,low,high)=>max(low,min(high,v));
const mix=(a,b,t)=>a+(b-a)*t;
const range=n=>Array.from({length:n},(_,i)=>i);
const floats=n=>new Float64Array(n);
const safe=text=>String(text).replace(/[&<>"]/g,c=>`&#${c.charCodeAt()};`);
const attempt=f=>{try{return f()}catch{}};
const QUANTITIES={total_input:"z",output:"y",sensitivity:"s",delta:"d"};

const num=(v,digits=4)=>{
	if(v==null)return "not yet";
	const a=abs(v);
	return(a&&(a<1e-4||a>=1e6)?v.toExponential(digits-1):String(+v.toPrecision(v%1?digits:6))).replace("e+","e").replace("Infinity","∞").replaceAll("-","−");
};
const small=v=>v==null?"":num(v,abs(v)<.1?1:2).replace(/^(−?)0\./,"$1.");
const path=(name,d,rest="")=>`<path class="lp-${name}" d="${d}" ${rest}/>`;
const rect=(name,x,y,w,h)=>`<rect class="lp-${name}" x="${x}" y="${y}" width="${w}" height="${h}"/>`;
const label=(x,y,s,name="dim")=>`<text class="lp-${name}" x="${x}" y="${y}">${safe(s)}</text>`;
const tone=v=>v>0?"lp-pos":v<0?"lp-neg":"lp-zero";
const listed=(list,most=6,join=", ")=>(list.length>most?[...list.slice(0,most),`… (${list.length})`]:list).join(join);
/* {z} in a text: the number; {(z)}: in brackets if negative */
const fill=(text,facts)=>text.replace(/\{(\(?)(\w+)\)?\}/g,(_,p,k)=>typeof facts[k]==="string"?facts[k]:p&&facts[k]<0?`(${num(facts[k])})`:num(facts[k]));

/* --- value, slope */
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

/* a unit's verbs, on all total inputs z, outputs y, blames s, deltas d; a softmax group tells ln Σ e^z */
const activate=(N,m,z,y)=>{
	const[v]=m,top=max(...m.map(v=>z[v])),whole=sum(m,v=>exp(z[v]-top));
	if(N.group[v])m.forEach(v=>{y[v]=exp(z[v]-top)/whole});else y[v]=ACTIVATIONS[N.acts[v]][0](z[v]);
	return top+log(whole);
};
const turn=(N,m,{z,y,s,d})=>{
	const[v]=m,whole=sum(m,v=>(y[v]+TINY)*s[v]);
	if(N.group[v])m.forEach(v=>{d[v]=(y[v]+TINY)*s[v]-y[v]*whole});else d[v]=s[v]*ACTIVATIONS[N.acts[v]][1](z[v],y[v]);
};

/* --- the trace (see FORMAT.md) becomes N; N.at(S): the numbers of a sample */
const block=b=>{
	if(!b)return null;
	const bytes=Uint8Array.from(atob(b.data),c=>c.charCodeAt()),wide=b.shape.length>1?b.shape[1]:1;
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
	const units=N.order.filter(p=>p.l==null);
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
	N.ends=(l,join=" → ")=>links[l].slice(0,2).map(v=>names[v]).join(join);
	N.ids=[...links.map((_,l)=>"l"+l),...all.map(v=>"v"+v)];
	N.called=id=>id[0]==="l"?N.ends(id.slice(1),"->"):names[id.slice(1)];
	N.known=rule&&N.acts.every((f,v)=>N.group[v]||ACTIVATIONS[f]);
	N.plain=h.optimizer.name==="sgd"&&!edits.some(e=>["optimizer","rate","low","high"].includes(e.name));
	const[X,G]=[r.inputs,r.targets].map(block),[L,rates,heed]=[r.loss,r.rate,r.importance].map(b=>b?.data?block(b).all:floats(r.count).fill(b??1)),recorded=Object.entries(QUANTITIES).map(([k,q])=>[q,block(r[k])]);
	const detail=trace.detail.samples,steps=block(trace.detail.steps),ahead=block(trace.detail.weights_at),cut=new Map(r.cut),rules=new Map(h.rules.map(([w,...rule])=>[w,rule]));
	const frozen=new Set(h.frozen),own=h.gradients?block(h.gradients).all:floats(nw);
	/* runs [size, times], one by one: which is it, is it the first, is it the last */
	const unroll=runs=>{let which=-1;return runs.flatMap(([size,times,fresh])=>range(size*times).map(k=>({which:which+=k%size===0,first:k%size===0,last:(k+1)%size===0,fresh})))};
	const batches=unroll(r.batches),epochs=unroll(r.epochs);
	N.epochs=epochs[r.count-1].which+1;
	let W=block(h.weights).all,seen=h.unfinished,from=0,e=0;
	const change=(x,W)=>{if(x.name==="value")W[x.index]=+x.value;if(x.name==="frozen")frozen[x.value?"add":"delete"](x.index)};
	/* once through all samples: weights before (W) and after (W2), where they can be known */
	N.samples=range(r.count).map(S=>{
		const{first,fresh,last}=batches[S],size=cut.get(S)??2*P+3+last,k=detail.indexOf(S),c={S,from,size,k,epoch:epochs[S],x:X.row(S),t:G.row(S),loss:L[S],importance:heed[S],rate:rates[S],edits:[]};
		W=k>=0&&ahead?ahead.row(k).slice():W&&W.slice();
		for(;e<edits.length&&edits[e].at<from+size;e++)if(edits[e].at<=from)change(edits[e],W||[]);else c.edits.push(edits[e]);
		c.frozen=new Set(frozen);
		from+=size;
		if(fresh&&first)seen=0;
		if(!seen++)own.fill(0);
		recorded.forEach(([q,b])=>{c[q]=floats(n);if(b)r.recorded.forEach((v,j)=>{c[q][v]=b.row(S)[j]})});
		loose.forEach(v=>{c.y[v]=N.bias[v]?1:c.z[v]=c.x[N.ins.indexOf(v)]});
		if(!r.output)units.forEach(({m})=>activate(N,m,c.z,c.y));
		if(!r.delta)units.forEach(({m})=>turn(N,m,c));
		c.W=W;
		if(!W)return c;
		links.forEach(([a,b,w])=>{own[w]+=c.y[a]*c.d[b]});
		c.old=W.slice();
		c.edits.forEach(x=>change(x,c.old));
		W=c.old;
		if(size<2*P+4)return c;
		c.sums=own.map(g=>g/seen);
		const wanted=N.plain&&c.old.map((w,i)=>{const[f,low,high]=rules.get(i)||[1];return frozen.has(i)?0:clamp(w-c.rate*f*(c.sums[i]+N.pull(i,w)),low??-1/0,high??1/0)-w});
		const moves=steps&&k>=0?steps.row(k):wanted;
		if(wanted&&moves!==wanted)Object.assign(c,{wanted,moves});
		W=c.W2=moves?c.old.map((w,i)=>w+moves[i]):null;
		seen=0;
		return c;
	});
	N.weigh=(c,W,w,q)=>{const x=c.edits.findLast(x=>x.name==="value"&&x.index===w&&x.at-c.from<q);return x?+x.value:W[w]};
	N.at=S=>{
		const c=N.samples[S];
		if(c.signal)return c;
		for(const k of["signal","blame","own"])c[k]=floats(links.length);
		if(c.W)links.forEach(([a,b,w],l)=>{c.signal[l]=N.weigh(c,c.W,w,N.q.link[0][l])*c.y[a];c.blame[l]=N.weigh(c,c.W,w,N.q.link[1][l])*c.d[b];c.own[l]=c.y[a]*c.d[b]});
		const handed=v=>sum(N.out[v],l=>c.blame[l]);
		c.cost=floats(n);
		N.outs.forEach((v,i)=>{c.cost[v]=rule?h.share*c.importance*rule[1](c.y[v],c.t[i]):c.s[v]-handed(v)});
		loose.forEach(v=>{c.s[v]=c.W?handed(v)+c.cost[v]:NaN;c.d[v]=N.bias[v]?0:c.s[v]});
		c.slope=c.z.map((z,v)=>{const f=ACTIVATIONS[N.acts[v]];return f?f[1](z,f[0](z)):c.d[v]/c.s[v]});
		const list=c.events=N.events.filter(e=>e.q<c.size+1&&(c.W||e.l==null&&!e.w));
		c.ends=[(_,i)=>i,e=>[e.phase,e.m],e=>[e.phase,e.g],e=>e.phase,()=>0].map(key=>range(list.length).filter(i=>!list[i+1]||key(list[i],i)+""!==key(list[i+1],i+1)+""));
		return c;
	};
	return N;
};

/* --- one lesson done again with weights W: for self-check and nudges */
const lesson=(N,c,W)=>{
	const[z,y,s,d,zs,ss]=range(6).map(()=>floats(N.n)),logs=new Map,rule=LOSSES[N.h.loss],share=N.h.share*c.importance,{softplus:[soft]}=ACTIVATIONS;
	let loss=0;
	N.ins.forEach((v,k)=>{z[v]=c.x[k]});
	for(const{m,l}of N.order){
		if(l!=null){const[a,b,w]=N.links[l],v=N.weigh(c,W,w,N.q.link[0][l])*y[a];z[b]+=v;zs[b]+=abs(v)}
		else logs.set(m,activate(N,m,z,y));
	}
	N.outs.forEach((v,k)=>{
		/* yes = ln y, no = ln(1 - y), from the total input where the output may have saturated */
		const t=c.t[k],form=N.acts[v],yes={softmax:z[v]-logs.get(N.group[v]),sigmoid:-soft(-z[v])}[form]??ln(y[v]),no=form==="sigmoid"?-soft(z[v]):ln(1-exp(yes));
		loss+=share*rule[0](y[v],t,yes,no);
		s[v]+=share*rule[1](y[v],t);
	});
	for(const{m,l}of[...N.order].reverse()){
		if(l!=null){const[a,b,w]=N.links[l],v=N.weigh(c,W,w,N.q.link[1][l])*d[b];s[a]+=v;ss[a]+=abs(v)}
		else turn(N,m,{z,y,s,d});
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
		if(!c.edits.length)compare(c.loss,r.loss+N.penalty(c.W),0,"the loss"+place);
		if(c.wanted)c.wanted.forEach((v,w)=>compare(c.moves[w],v,abs(c.old[w]),`the step of weight ${w+1}`+place));
	}
	return{good:far<=1,worst,where};
};

/* --- what is known at an event */
const view=(N,S,I)=>{
	const c=N.at(S),e=c.events[I],{q}=N,never=1/0,[said,turned]=q.neuron.map(of=>v=>of[v]),[carried,handed]=q.link.map(of=>l=>c.W?of[l]:never);
	const since={z:v=>N.input[v]?2:said(v),y:said,slope:v=>N.group[v]?never:said(v),s:v=>N.out[v].length||N.target(v)<0?turned(v):q.cost,d:turned,signal:carried,blame:handed,own:handed};
	const V={c,e,moved:w=>c.W2&&q.weight[w]<=e.q?c.W2[w]-c.old[w]:undefined,w:w=>V.moved(w)!=null?c.W2[w]:c.W?N.weigh(c,c.W,w,e.q+1):undefined,
		arrived:v=>[...(N.target(v)>=0&&q.cost<=e.q?[c.cost[v]]:[]),...N.out[v].map(V.blame).filter(b=>b!=null)]};
	for(const k in since)V[k]=i=>since[k](i)<=e.q&&(c.W||!isNaN(c[k][i]))?c[k][i]:undefined;
	return V;
};

/* --- an event as its kind in words.json, and the facts to fill in */
/* how far the slope lets blame through: 0 ... 1, and a word where that is next to nothing */
const opening=(N,c,v)=>min(1,abs(c.slope[v])/N.steepest[v])||0;
const shutWord=(N,c,v,words)=>opening(N,c,v)<.01?words.shut[N.acts[v]]||words.shut.else:"";
const factsOf=(N,V,words)=>{
	const{e,c}=V,{h}=N,name=v=>N.names[v],[v]=e.m||[],[from,to,w]=N.links[e.l]||[];
	const add=list=>listed(list.map(v=>num(v)),5," + ").replaceAll("+ −","− ")||"0",of=v=>({name:name(v),f:N.acts[v],z:c.z[v],y:c.y[v],s:c.s[v],d:c.d[v],slope:c.slope[v],t:c.t[N.target(v)],b:c.cost[v]});
	const lines=(i,list,more)=>list.slice(0,4).map(v=>fill(words.lines[i],{...of(v),...more})).join("\n");
	const past=N.samples.filter(s=>s.epoch.which===c.epoch.which);
	const o={sample:c.S+1,samples:N.samples.length,epoch:c.epoch.which+1,epochs:N.epochs,mean:sum(past,s=>s.loss)/past.length,neurons:N.n,links:N.links.length,loss:h.loss,rule:h.optimizer.name,rate:c.rate,cost:c.loss,...of(v),first:name(N.outs[0]),second:name(N.outs[1]),from:name(from),to:name(to),w:V.w(w),output:c.y[from],delta:c.d[to],signal:c.signal[e.l],blame:c.blame[e.l],own:c.own[e.l]};
	const say=(kind,more)=>[kind+(e.back?"-back":""),{...o,...more}];
	if(e.kind==="feed")o.inputs=listed(N.ins.map((v,k)=>`${name(v)} = ${num(c.x[k])}`));
	if(e.l!=null)return say("link",{idle:N.input[from]||N.bias[from]?words.events.idle:""});
	if(e.kind==="group")return say("group",{shares:lines(0,e.m),whole:listed(e.m.map(v=>`${name(v)} ${num(c.y[v],3)}`)),mixed:lines(1,e.m,{all:sum(e.m,u=>c.y[u]*c.s[u])})});
	if(e.kind==="neuron"){
		const list=e.back?V.arrived(v):N.into[v].map(l=>c.signal[l]),shut=e.back&&shutWord(N,c,v,words);
		return say(N.bias[v]?"bias":shut?"shut":e.back||N.into[v].length?"neuron":"source",{formula:words.activations[o.f]||"?",count:list.length,terms:c.W?add(list):"…",shut});
	}
	if(e.kind==="cost"){
		const top=N.outs.reduce((a,v)=>abs(c.cost[v])>abs(c.cost[a])?v:a),blame=c.cost[top],[formula,slope]=words.losses[h.loss]||[h.loss,"?"];
		return say("cost",{formula,slope,errors:lines(2,N.outs),verdict:fill(words.events[blame>0?"raise":blame<0?"lower":"nobody"],{top:name(top),blame})+(c.importance===1?"":fill(words.events.counts,c))});
	}
	if(!e.w)return say(e.kind);
	const[one]=e.w,old=c.old[one],{W2}=c;
	if(!W2||e.w.length>1)return say(W2?"update-all":"update-unknown",{count:e.w.length,largest:W2&&max(...W2.map((w,i)=>abs(w-c.old[i])))});
	const step=W2[one]-old,gradient=c.sums[one],simple=N.plain&&abs(step+c.rate*gradient)<=1e-6*abs(step)+1e-9;
	return say(c.frozen.has(one)?"update-frozen":simple?"update":"update-other",{ends:listed(N.holders[one].map(l=>N.ends(l)),3),old,step,gradient,new:W2[one]});
};

/* --- the stage: each link and neuron is a group, drawn as a text made from the view */
const scaleOf=(N,T)=>{
	const most={},up=(k,list)=>{most[k]=(list||[]).reduce((m,v)=>isFinite(v)?max(m,abs(v)):m,most[k]||0)};
	for(const c of N.samples.filter(c=>c.k>=0)){
		N.at(c.S);
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
		return rect("bar "+tone(v),x+i*(wide+1.5)*(1-q),y+top,wide,max(.6,tall));
	}).join("");
};
const stageOf=(svg,N,c,T,M,words,font,width,room)=>{
	const mid=4*font,k=.4+.6*font,count=N.links.length,dense=count>60,thin=(count>300?.3:dense?.5:1)*k,gens=range(max(...N.gen)+1),X=[],Y=[],rad=[];
	const plain=gens.map(g=>N.all.filter(v=>N.gen[v]===g&&!N.bias[v])),tiles=plain.map(p=>p.length>48),flat=!tiles.some(Boolean),biased=N.bias.some(Boolean);
	const rows=max(...plain.map((p,g)=>tiles[g]?1:p.length))+biased,top=42*font,high=max(250*k,rows*15*font,min(room-108*font,rows*(rows>8?44:rows>5?76:130)*k)),R=min(29*k,.38*high/rows),total=top+high+66*font,tight=high/rows-2*R<34*font;
	const side=min((high-26*font)/2-R,210*k,width*.4),wides=plain.map((p,g)=>!g&&N.trace.image?.[1]||ceil(sqrt(p.length))),cell=gens.map(g=>side/max(wides[g],ceil(plain[g].length/wides[g])));
	const edge=min(60*font+14,width*.14),start=tiles[0]?14:edge,gap=(width-start-edge-side*sum(tiles))/max(gens.length-1,1),narrow=gap<130*font,left=gens.map(g=>start+gap*g+side*sum(tiles.slice(0,g))),middle=gens.map(g=>left[g]+tiles[g]*side/2);
	N.all.forEach(v=>{
		const g=N.gen[v],i=plain[g].indexOf(v),at=flat&&N.positions[v];
		rad[v]=i<0?R*.8:R;
		X[v]=at?edge+(width-2*edge)*at[0]:left[g]+(i<0&&tiles[g]*side);
		Y[v]=top+R+(high-2*R)*(at?at[1]:i<0?1:rows<2?.5:(i+.5)/plain[g].length*(biased?.84:1));
		if(tiles[g]&&i>=0){rad[v]=0;X[v]=left[g]+side;Y[v]=top+cell[g]*((i/wides[g]|0)+.5)}
	});
	const span=list=>{const ys=list.map(v=>Y[v]);return[min(...ys),max(...ys)]};
	const shown=range(count),pairs=new Set;
	let below="";
	if(count>T.most_links)for(const l of shown.sort((a,b)=>abs(c.blame[b])-abs(c.blame[a])).splice(T.shown_links))if(!N.bias[N.links[l][0]])pairs.add(N.links[l].slice(0,2).map(v=>N.gen[v]).join());
	for(const p of pairs){
		const[a,b]=p.split(",").map(g=>[left[g]+tiles[g]*side,...span(plain[g])]);
		below+=path("ribbon",`M${a[0]},${a[1]}L${b[0]},${b[1]}V${b[2]}L${a[0]},${a[2]}Z`);
	}
	N.h.groups.forEach(m=>{const[high,low]=span(m),x=X[m[0]],w=R>19*k?R+16*k:min(edge-2,R+8+9*font*max(...m.map(v=>N.names[v].length))),a=high-R-20*font,b=low+R+18*font;below+=rect("group",x-w,a,2*w,b-a)+label(x+w,b+13*font,"softmax: mixes","dim lp-end")});
	gens.forEach(g=>{below+=label(middle[g],13*font,g?g===N.gen[N.outs[0]]?"outputs":(narrow?"":"generation ")+g:"inputs")});
	const part=(kind,id,name,rest="")=>`<g class="lp-${kind}" data-id="${id}" aria-label="${kind} ${safe(name)}" ${N.n+count>120?"":`tabindex="0" role="button"`} ${rest}></g>`;
	svg.setAttribute("viewBox",`0 0 ${width} ${total}`);
	svg.innerHTML=`<g>${below}</g><g class="lp-blocks"></g><g>${shown.map(l=>part("link","l"+l,N.ends(l," to "))).join("")}</g><g class="lp-numbers"></g><g>${N.all.filter(v=>rad[v]).map(v=>part("neuron","v"+v,N.names[v],`transform="translate(${X[v]},${Y[v]})" style="--r:${rad[v]}px"`)).join("")}</g><g class="lp-foot"></g>`;
	const at={},[,blocks,,numbers,,foot]=svg.children;
	for(const g of svg.querySelectorAll("[data-id]"))at[g.dataset.id]=g;

	/* of a link, the spot at u = 0 ... 1 between the rims, o beside its line */
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
		return lane+chevron(.4)+chevron(.6)+label(x,y+mid,value>0?"+":value<0?"−":"","head "+tone(value));
	};
	const draw=(g,s)=>{if(g.memo!==s)g.innerHTML=g.memo=s};
	const paintLink=(l,V,part=1)=>{
		const p=lines[l],w=N.links[l][2],value=V.w(w),back=V.e.phase>2,d=p.path(0),line=(name,wide)=>path(name,d,`stroke-width="${wide}"`),old=V.moved(w)!=null&&fat(c.old[w]);
		draw(at["l"+l],(old?line("ghost",old+2*thin)+line("inner",old):"")+line(value<0?"core lp-dash":"core",old?mix(old,fat(value),part):thin)+laneSvg(p,V.signal(l),"signal",1,back?1:part)+laneSvg(p,V.blame(l),"blame",-1,back?part:1)+path("hit",d));
	};
	const paintNumbers=V=>{
		if(count>T.most_numbers)return;
		const taken=N.all.filter(v=>rad[v]).map(v=>[X[v],Y[v],R+22*font]);
		const say=(p,spots,o,s,name)=>{
			const free=([x,y])=>taken.every(([x2,y2,h])=>abs(x-x2)>44*font||abs(y-y2)>h),[x,y]=spots.map(u=>p.spot(u,o)).find(free)||[];
			if(!x)return "";
			taken.push([x,y,15*font]);
			return label(x,y+mid,s,"number "+name);
		},early=[.24,.32,.16,.4,.5],beside=(v,kind,way)=>way*(3+M.width(v,kind)+9*font);
		numbers.innerHTML=shown.map(l=>{
			const w=N.links[l][2],p=lines[l],blame=V.blame(l),signal=V.signal(l),value=V.w(w);
			if(V.e.phase>3)return V.moved(w)==null?"":say(p,early,0,num(value,3),"lp-weight");
			if(blame!=null)return say(p,early.map(u=>1-u),beside(blame,"blame",-1),num(blame,2),tone(blame))+(narrow?"":say(p,[.47,.4,.54,.33,.6],0,"∂ "+num(V.own(l),2),"lp-tag"));
			return signal!=null?say(p,early,beside(signal,"signal",1),num(signal,2),tone(signal)):value==null?"":say(p,early,0,num(value,2),"lp-weight");
		}).join("");
	};
	const half=(v,R,most,right)=>{const r=R*sqrt(min(1,abs(v)/(most||1))||0);return v==null?"":path("half "+tone(v),`M0,${-r}A${r},${r} 0 0 ${right} 0,${r}Z`)};
	const paintNeuron=(v,V,part=1)=>{
		const r=rad[v],y=V.y(v),s=V.s(v),d=V.d(v),slope=V.slope(v),mute=N.bias[v],passes=mute||N.input[v]&&N.acts[v]==="identity",end=N.outs.includes(v);
		const open=slope==null||passes?undefined:r*opening(N,c,v),shut=open!=null&&shutWord(N,c,v,words),list=dense||mute?[]:V.arrived(v),scale=r*1.4/(M.sum||1),wide=5*k,q=s==null?0:part,big=r>19*k,top=big&&!(mute&&tight),a=small(y),b=mute?"":small(s),up=(a+b).length>8?r/6:0;
		draw(at["v"+v],`<circle class="lp-rim" r="${r}"/>`+half(y,r,M.y,0)+(mute?"":half(s,r,M.s,1))+(open==null?"":path(shut?"gate lp-shut":"gate",shut?`M0,${-r}V${r}`:`M0,${-r}V${-open}M0,${open}V${r}`))
			+bars(list,r+wide,0,wide,scale,q)+(q===1&&list.length?bars([s],r+2.5*wide,0,wide,scale):"")
			+label(top?0:end?r+5:-r-4,top?-r-6:mid,N.names[v],"name"+(top?"":end?" lp-start":" lp-end"))
			+(big?label(-r/2,mid-up,a,"in")+label(r/2+1,mid+up,b,"in")+label(0,r+13*font,shut||(tight||d==null||passes?"":"δ "+num(d,2)+(slope<0?" (slope −)":"")),shut?"below lp-warn":"below"):""));
	};
	/* many neurons as an image; below it their blame, hollow below 0 */
	const paintBlock=(g,V)=>{
		const list=plain[g],size=cell[g],wide=wides[g],x0=left[g],tall=size*ceil(list.length/wide),y2=top+tall+24*font,values=list.map(v=>c.y[v]),low=min(0,...values),reach=max(...values)-low||1,cells=range(9).map(()=>""),blames=["",""],known=V.z(list[0])!=null,most=max(...list.map(v=>abs(c.s[v])))||1;
		const square=(x,y,h)=>`M${x.toFixed(1)},${y.toFixed(1)}h${h.toFixed(1)}v${h.toFixed(1)}h${(-h).toFixed(1)}z`;
		list.forEach((v,i)=>{
			const x=x0+i%wide*size,y=(i/wide|0)*size,s=V.s(v),h=s?size*.92*sqrt(abs(s)/most):0,o=(size-h)/2;
			if(known)cells[round(8*(values[i]-low)/reach)]+=square(x,top+y,size);
			if(h>.4)blames[s<0?1:0]+=square(x+o,y2+y+o,h);
		});
		return[top,y2].map(y=>rect("frame",x0,y,size*wide,tall)).join("")+cells.map((d,i)=>path("pixel",d,`fill-opacity="${i/8}"`)).join("")+path("solid",blames[0])+path("hollow",blames[1])+label(x0+size*wide/2,y2-7,words.pixels[+(V.s(list.at(-1))!=null)]);
	};
	const paintFoot=(g,V)=>{
		const of=plain[g],into=range(count).filter(l=>N.gen[N.links[l][1]]===g),x=min(middle[g]-12*k,width-76*font),y=total-40*font;
		if(!into.length||of.some(v=>V.s(v)==null)||into.some(l=>V.blame(l)==null))return "";
		const pair=[sum(of,v=>c.s[v]),sum(into,l=>c.blame[l])],most=max(...pair.map(abs))||1;
		return label(x,y-11*font,T.not_a_pie)+pair.map((v,i)=>rect("bar "+tone(v),x-46*k,y+(15*i-5)*font,max(1,42*k*min(1,abs(v)/most)||0),9*font)+label(x+3,y+15*i*font+mid,`${num(v,2)} ${i?"out":"in"}`,"dim lp-start")).join("");
	};
	const paintPart=(id,V,part)=>{if(at[id])(id[0]==="l"?paintLink:paintNeuron)(+id.slice(1),V,part)};
	return{shown,paintPart,
		paint:V=>{
			for(const id in at)paintPart(id,V);
			paintNumbers(V);
			blocks.innerHTML=gens.filter(g=>tiles[g]).map(g=>paintBlock(g,V)).join("");foot.innerHTML=gens.map(g=>paintFoot(g,V)).filter(s=>s).slice(0,narrow?1:99).join("");
			svg.dataset.phase=V.e.phase;
		},
		mark:(focus,active)=>{for(const id in at){const list=at[id].classList;list.toggle("lp-on",active.includes(id));list.toggle("lp-focus",id===focus)}}};
};

/* --- the page around it: shell.html, words.json */
const adler=text=>{let a=1,b=0;for(const c of text){a=(a+c.charCodeAt())%65521;b=(b+a)%65521}return b*65536+a};
const cell=(tag,s)=>`<${tag} class="lp-${s===num()?"not":"known"}">${s}</${tag}>`;
const pairs=list=>`<dl>${list.map(([a,b])=>`<dt>${a}</dt>${cell("dd",b)}`).join("")}</dl>`;

const render=({model,el})=>{
	const[T,words,live,page,shell]=["theme","words","live","page","shell"].map(k=>model.get(k)),root=document.createElement("div"),over=new AbortController,on=(target,name,f)=>target.addEventListener(name,f,{signal:over.signal});
	root.className="lp-root";root.tabIndex=0;root.innerHTML=shell;el.append(root);
	const $=q=>root.querySelector(".lp-"+q),text=(q,s)=>{if($(q).textContent!==s)$(q).textContent=s},html=(q,s)=>{$(q).innerHTML=s},shows=(q,yes)=>{$(q).hidden=!yes};
	const svg=$("stage svg"),slider=$("time input");
	let N,M,stage,S=0,I=0,level=0,speed=1,font=model.get("font"),focus="",timer,flight,asked,right=0,count=0,key,width,paper;
	const passed=new Set,last=()=>N.samples.length-1,end=s=>N.at(s).events.length-1,c=()=>N.at(S),position=()=>c().from+c().events[I].q,number=()=>+chosen().slice(1),weight=()=>N.links[number()][2];

	/* the parts that an event is about; no mark where it is about all weights */
	const touched=e=>e.l!=null?["l"+e.l]:e.w?e.w.flatMap(w=>N.holders[w].map(l=>"l"+l)):(e.m||(e.kind==="cost"?N.outs:[])).map(v=>"v"+v);
	const active=e=>e.w?.length>1?[]:touched(e);
	const chosen=()=>focus||active(c().events[I])[0]||"";
	const choose=id=>{focus=id;html("check","");show()};
	const fact=(now,k,i)=>k==="f"?safe(N.acts[i]):k==="slope"&&N.group[i]?words.mixes:num(now[k](k==="w"||k==="moved"?N.links[i][2]:i));
	const card=now=>{
		const id=chosen(),i=number(),link=id[0]==="l",w=link&&weight(),shared=link&&N.holders[w].length,frozen=c().frozen.has(w),value=link&&now.w(w);
		shows("card",id);shows("weighed",link);
		if(id)html("facts",`<h3>${safe(link?"link "+N.ends(i):"neuron "+N.names[i])}</h3>`+pairs(words.facts[id[0]].map(([label,k])=>[label,fact(now,k,i)+(k!=="w"?"":(frozen?", frozen":"")+(shared>1?`, shared by ${shared} links`:""))])));
		if(live&&link&&document.activeElement!==$("weight-in")){$("weight-in").value=value;$("freeze").checked=frozen}
	};
	const strip=(v,now)=>{
		if(v==null)return shows("strip");
		const list=N.bias[v]||now.e.phase<2?[]:now.arrived(v),s=now.s(v),d=now.d(v),k=30/(max(sum(list,abs),abs(s||0),abs(d||0))||1),open=30*opening(N,now.c,v),one=(b,x)=>b==null?"":bars([b],x,38,18,k);
		shows("strip",list.length);
		text("middle",N.group[v]?"mixes":"gate");
		html("strip g",bars(list,14,38,18,k,s==null?0:1)+one(s,88)+one(d,200)+(N.group[v]?"":path(open<.3?"gate lp-shut":"gate",`M150,6V${38-open}M150,${38+open}V70`)));
	};
	const check=()=>{
		const id=chosen(),w=id[0]==="l"&&weight(),k=c(),loss=e=>lesson(N,k,k.W.map((v,i)=>i===w?v+e:v)).loss;
		if(id[0]!=="l")return;
		choose(id);
		if(!N.known||!k.W)return text("check",words.check.unknown);
		const low=loss(-1e-5),high=loss(1e-5),slope=(high-low)/2e-5,own=sum(N.holders[w],l=>k.own[l]),off=abs(slope-own),good=off<=1e-6+1e-4*abs(own)?"good":"bad";
		html("check",pairs([num(low,9),num(high,9),num(slope,6),num(own,6)].map((v,i)=>[words.check.rows[i],v]))+`<p class="lp-${good}">${fill(words.check[good],{off})}</p>`);
	};

	/* predict first: gates of the trace, or (P) made up */
	const quantity=({neuron:v,link:l,weight:w,quantity:q})=>{
		const k=c(),list=k[QUANTITIES[q]||(q==="gradient"?"own":q)];
		return w!=null?k.W2[w]-(q==="step"?k.old[w]:0):q==="loss"?k.loss:list[v??l];
	};
	const invent=(s,i)=>{
		const now=view(N,s,i),{e}=now,[a,b]=N.outs,facts=factsOf(N,now,words)[1],told=words.ask[e.kind==="cost"&&b!=null?"compare":e.kind+(e.back?"-back":"")];
		if(!told||e.w&&!facts.ends)return;
		const[kind,quantity,asked]=told,of={quantity,...(e.l!=null?{link:e.l}:e.w?{weight:e.w[0]}:{neuron:e.m?e.m[0]:a})};
		return{kind,of,than:{neuron:b,quantity},question:fill(asked,facts)};
	};
	const ask=(gate,to)=>{
		if(!gate)return;
		asked={...gate,to};
		shows("ask",1);shows("guess",gate.kind==="number");
		$("guess").value="";
		$("question").className="lp-question";
		text("question",gate.question);
		html("options",words.options[gate.kind].map(o=>`<button type="button" data-act="answer">${o}</button>`).join(""));
	};
	const answer=given=>{
		const{kind,of,than,to,tolerance=.05}=asked,v=quantity(of),other=kind==="compare"?quantity(than):undefined,number=kind==="number";
		const said=number?num(v):words.options[kind][sign(other==null?v:abs(v)-abs(other))+1],hit=number?abs(parseFloat($("guess").value.replace("−","-").replace(",","."))-v)<=tolerance*abs(v)+1e-9:given===said;
		count++;right+=hit;
		to();
		shows("ask",1);shows("guess");
		$("question").className="lp-question lp-"+(hit?"good":"bad");
		text("question",fill(words.asked[hit?"right":"wrong"],{answer:said+(number?"":` (${num(v)}${other==null?"":" : "+num(other)})`)}));
		text("options",fill(words.asked.tally,{right,count}));
		root.focus({preventScroll:true});
	};

	const table=now=>{
		const{e}=now,g=e.g??(e.phase>1?N.gen[N.outs[0]]:0),of=N.all.filter(v=>N.gen[v]===g);
		text("table caption",fill(words.table[+(of.length>40)],{g,count:of.length}));
		html("table tbody",of.slice(0,40).map(v=>`<tr><th scope="row">${safe(N.names[v])}</th>${words.facts.v.map(([,k])=>cell("td",fact(now,k,v))).join("")}</tr>`).join(""));
	};
	const curve=()=>{
		shows("losses",last());
		$("jump").max=last();$("jump").value=S;
		const list=N.samples.map(s=>s.loss),wide=$("curve").clientWidth||800,high=max(...list.filter(isFinite),1e-12),n=list.length-1,x=i=>8+(wide-16)*i/(n||1),y=i=>66-46*(min(1,list[i]/high)||0);
		html("curve",path("axis",`M8,66H${wide-8}M${x(S)},4V66`)+path("line","M"+range(n+1).map(i=>x(i).toFixed(1)+","+y(i).toFixed(1)).join("L"))+`<circle class="lp-now" r="4" cx="${x(S)}" cy="${y(S)}"/>`+label(8,14,num(high,3)));
	};
	const build=()=>{
		root.style.fontSize=14*font+"px";
		width=max(320,$("stage").clientWidth);
		stage=stageOf(svg,N,c(),T,M,words,font,width,innerHeight-150*font-60);
		text("few",stage.shown.length<N.links.length?fill(words.few,{shown:stage.shown.length,count:N.links.length.toLocaleString("en")}):"");
		marks();
		show();
	};
	/* the slider goes through the events of a sample, or from sample to sample */
	const wide=()=>level>3&&last(),marks=()=>{
		const all=wide()?N.samples.map(s=>s.epoch.which):c().events.map(e=>e.phase),runs=[...new Set(all)];
		html("bands",(runs.length>60?[]:runs).map(k=>{
			const n=all.filter(j=>j===k).length;
			return `<span class="lp-phase${wide()?k%2:k}" style="flex:${n}">${n*14>all.length?wide()?words.epoch+(k+1):words.phases[k]:""}</span>`;
		}).join(""));
		slider.max=all.length-1;
	};
	const show=()=>{
		const now=view(N,S,I),{e,c:k}=now,id=chosen(),[kind,facts]=factsOf(N,now,words),[title,lines,say]=words.events[kind].map(t=>fill([].concat(t).join("\n"),facts)),p=position();
		stage.paint(now);stage.mark(focus,active(e));
		text("event h2",title);text("say",say+(k.epoch.last&&N.epochs>1&&I===end(S)?fill(words.over,facts):""));
		html("formula",safe(lines).replace(/\*(.*?)\*/g,"<b>$1</b>"));
		strip(e.m&&e.l==null?e.m[0]:id[0]==="v"?number():e.back?N.links[e.l][0]:e.kind==="cost"?N.outs[0]:undefined,now);
		text("where",fill(words.where[(last()>0)+(N.epochs>1)],{...facts,phase:words.phases[e.phase],step:I+1,steps:k.events.length}));
		slider.value=wide()?S:I;slider.ariaValueText=title;
		$("level").selectedIndex=level;$("speed").value=speed;
		text("play",timer?"Stop":"Play");
		text("notes p",N.trace.script.findLast(s=>s.at<=p)?.say??words.note);
		card(now);table(now);curve();
		/* a sandboxed frame has neither */
		if(!page)return;
		const state=new URLSearchParams({step:+p.toFixed(4),speed,by:$("level").value,...(focus&&{focus:N.called(focus)})});
		attempt(()=>history.replaceState(0,"","#"+state));attempt(()=>sessionStorage.setItem(key,state));
	};
	const place=p=>{if(p>=0){S=max(0,N.samples.findLastIndex(s=>s.from<p));I=max(0,c().events.findLastIndex(e=>e.q<=p-c().from+.001))}};
	const recall=text=>{
		const state=new URLSearchParams(text),by=$("level");
		speed=clamp(+state.get("speed")||speed,.25,4);
		by.value=state.get("by");
		if(by.value)level=by.selectedIndex;
		focus=N.ids.find(id=>N.called(id)===state.get("focus"))||"";
		place(parseFloat(state.get("step")));
	};

	/* a second key press completes what is in flight */
	const finish=()=>{if(flight){cancelAnimationFrame(flight);flight=0;stage.paint(view(N,S,I))}};
	const go=(s,i,animate)=>{
		finish();
		const before=s===S?I:-1,{phase}=c().events[I],turned=s!==S;
		S=s;I=clamp(i,0,end(S));asked=null;shows("ask",0);html("check","");
		if(turned)build();else show();
		if(!animate||matchMedia("(prefers-reduced-motion: reduce)").matches||I<=before)return;
		const moved=c().events.slice(before+1,I+1),now=view(N,S,I),{link,fan,stagger,phase:turn}=T.timing,time=(now.e.phase!==phase?turn:moved.length>1?fan:link)/speed,gap=min(stagger/speed,time*.6/moved.length),start=performance.now();
		const tick=t=>{
			moved.slice(-600).forEach((e,i)=>{
				const part=clamp((t-start-i*gap)/(time-moved.length*gap),0,1);
				touched(e).forEach(id=>stage.paintPart(id,now,part));
			});
			if(t-start<time)flight=requestAnimationFrame(tick);else{flight=0;stage.paint(now)}
		};
		tick(start);
	};
	/* where a move stops; of an epoch only its last sample has a stop */
	const stops=(s,by)=>by<5?N.at(s).ends[by]:N.samples[s].epoch.last?[end(s)]:[];
	const target=(way,by)=>{
		let s=S,i=way>0?stops(s,by).find(x=>x>I):stops(s,by).findLast(x=>x<I);
		while(i==null&&way>0&&s<last())i=stops(++s,by)[0];
		if(i!=null)return[s,i];
		while(way<0&&by>4&&!N.samples[s].epoch.first)s--;
		return way>0?null:s<S||I?[s,0]:s?[s-1,end(s-1)]:null;
	};
	const move=(way,by=level)=>{
		const next=target(way,by),from=position();
		if(!next)return finish();
		const k=N.at(next[0]),to=k.from+k.events[next[1]].q,gate=way>0&&!asked&&N.trace.gates.find(g=>!passed.has(g)&&g.at+1>from&&g.at+1<=to);
		if(!gate)return go(...next,way>0),true;
		passed.add(gate);
		timer=clearTimeout(timer);
		place(gate.at);build();
		ask(gate,()=>go(...target(1,0),true));
	};
	const play=()=>{timer=setTimeout(()=>{if(move(1)&&!N.trace.breakpoints.some(t=>holds(t,S,I)))play();else{timer=0;show()}},(T.timing.phase+250)/speed)};
	const same=c=>[c.x,c.t,c.importance]+"";
	const holds=(text,s,i)=>{
		const k=N.at(s),e=k.events[i],[what,limit]=text.split("<").map(t=>t.trim()),link=N.links[e.l],any=f=>!link&&e.m?.some(f);
		if(what==="phase="+words.phases[e.phase])return true;
		if(limit)return e.back&&any(v=>N.into[v].length&&abs(k[what==="delta"?"d":"slope"][v])<limit);
		if(what==="sign-flip")return e.back&&(link?k.blame[e.l]*k.d[link[1]]<0:any(v=>k.s[v]*k.d[v]<0));
		if(what==="loss-rose")return e.kind==="cost"&&k.loss>N.samples.slice(0,s).findLast(o=>same(o)===same(k))?.loss;
		if(what==="nan")return link?!isFinite(k[e.back?"blame":"signal"][e.l]):e.kind==="cost"?!isFinite(k.loss):any(v=>!isFinite(k[e.back?"d":"y"][v]));
		return link?N.ends(e.l,"->")===what.replace("→","->").replaceAll(" ",""):any(v=>N.names[v]===what);
	};
	const run=()=>{
		const wanted=$("until").value.trim();
		text("found","");
		for(let s=S,i=I+1;wanted&&s<=last();s++,i=0)for(;i<N.at(s).events.length;i++)if(holds(wanted,s,i))return go(s,i);
		text("found",fill(words.found,{text:wanted}));
	};
	const grain=by=>{level=clamp(by,0,5);marks();show()};
	const resize=size=>{font=clamp(size,...T.font_scales);build()};
	const tell=(kind,more)=>model.send({kind,...more});
	const acts={
		next:e=>move(1,e.shiftKey?2:level),back:e=>move(-1,e.shiftKey?2:level),up:()=>grain(level+1),down:()=>grain(level-1),first:()=>go(0,0),last:()=>go(last(),1e9),
		play:()=>{timer=timer?clearTimeout(timer):move(1)&&1;if(timer)play();show()},check,run,predict:()=>{const next=target(1,0);if(next)ask(invent(...next),()=>go(...next,true))},
		answer:e=>{if(asked)answer(e.target.textContent)},notes:()=>shows("notes",$("notes").hidden),help:()=>shows("help",$("help").hidden),nobody:()=>{asked=null;shows("ask",0);shows("help",0);choose("")},
		bigger:()=>resize(font+.25),smaller:()=>resize(font-.25),projector:()=>resize(font<2?2:1),theme:()=>{root.dataset.theme=getComputedStyle(root).colorScheme==="dark"?"light":"dark"},print:()=>print(),
		learn:()=>{I=0;tell("learn")},train:()=>tell("train",{epochs:+$("epochs").value}),reset:()=>tell("reset"),edit:()=>tell("set",{weight:weight(),value:parseFloat($("weight-in").value)})};
	on(page?document:root,"keydown",e=>{
		const{key,target:at}=e,act=words.keys[key.length>1?key:key.toLowerCase()],enter=key==="Enter",id=(enter||key===" ")&&at.dataset?.id;
		if(live)e.stopPropagation();
		if(e.ctrlKey||e.metaKey||e.altKey)return;
		if(at.matches("select, input:not([type=range])")){if(enter)acts[at.dataset.enter]?.(e);return}
		if(id)choose(id);else if(act&&!(at.matches("button")&&key===" "))acts[act](e);else return;
		e.preventDefault();e.stopPropagation();
	});
	on(root,"click",e=>{const b=e.target.closest("[data-act]"),part=e.target.closest("[data-id]");if(b)acts[b.dataset.act](e);else if(part)choose(part.dataset.id)});
	on(root,"change",e=>{const at=e.target;if(at===$("freeze"))return tell("freeze",{weight:weight(),value:at.checked});if(at===$("level"))grain(at.selectedIndex);if(at===$("speed"))speed=+at.value;show()});
	on(slider,"input",()=>wide()?go(N.samples.findIndex((s,i)=>i>=slider.value&&(level<5||s.epoch.last)),1e9):go(S,+slider.value));
	on($("jump"),"input",e=>go(+e.target.value,I));
	on(window,"hashchange",()=>{if(page){recall(location.hash.slice(1));build()}});
	/* on paper the drawing keeps its blanks */
	on(window,"beforeprint",()=>{paper=[S,I];go(0,0)});on(window,"afterprint",()=>go(...paper));

	const load=()=>{
		const trace=model.get("trace"),check=model.get("checksum");
		N=decode(JSON.parse(trace));
		Object.assign(N,model.get("places"));
		M=scaleOf(N,T);key="lernpy"+check;
		const found=selfCheck(N),whole=!check||adler(trace)===check,[look,told]=words.badge[found.good?whole?N.known?"good":"own":"altered":"bad"];
		$("badge").className="lp-badge lp-"+look;
		text("badge",fill(told,found));text("top h1",N.trace.title);
		html("conditions",[...N.trace.breakpoints,...words.conditions].map(t=>`<option value="${safe(t)}">`).join(""));
		S=min(S,last());I=min(I,end(S));
		if(!N.ids.includes(focus))focus="";
	};
	load();
	level=model.get("level");
	shows("live",live);shows("edit",live);
	if(page){recall(location.hash.slice(1)||attempt(()=>sessionStorage.getItem(key))||"");root.focus({preventScroll:true})}
	build();
	const watcher=new ResizeObserver(()=>{if(abs($("stage").clientWidth-width)>2)build()});
	watcher.observe($("stage"));
	const heard={"change:trace":()=>{load();build()},"msg:custom":m=>text("news",m.news)};
	for(const k in heard)model.on(k,heard[k]);
	return()=>{over.abort();watcher.disconnect();clearTimeout(timer);for(const k in heard)model.off(k,heard[k]);root.remove()};
};
export default { render };
