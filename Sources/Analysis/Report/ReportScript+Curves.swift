extension ReportScript {
  /// Learning curves of any metric, along costs as they are or by their logarithm.
  ///
  /// The drawings of the page are `LineChart`'s; what is drawn here in their place has the same elements, so that pointing,
  /// hiding and saving are the same.
  static let curves = [curveNumbers, curveDrawing, curveChoice].joined(separator: "\n")

  /// Numbers as `Quantity` writes them, and places along axes.
  private static let curveNumbers = """
    const opdCurves=(()=>{
    const short=v=>Number.isInteger(v)&&Math.abs(v)<1e3?''+v:v.toFixed(Math.abs(v)>=100?0:Math.abs(v)>=10?1:2);
    const count=v=>{if(v&&Math.abs(v)<1)return ''+ +v.toPrecision(2);
    for(const [s,l] of [[1e9,'G'],[1e6,'M'],[1e3,'k']])if(Math.abs(v)>=s)return short(v/s)+l;return short(v)};
    const minus=t=>/^-.*[1-9]/.test(t)?t.replace('-','−'):t.replace(/^-/,'');
    const value=v=>minus(v&&Math.abs(v)<.01?v.toPrecision(3):v.toFixed(Math.abs(v)<100?3:1));
    const ticks=(lo,hi,n)=>{const span=hi-lo;if(!(span>0)){const r=Math.max(Math.abs(lo)*.1,1e-3);return[lo-r,lo+r]}
    const p=10**Math.floor(Math.log10(span/n)),s=p*([1,2,5].find(m=>m*p>=span/n)||10);
    const a=Math.floor(lo/s),b=Math.ceil(hi/s);return Array.from({length:b-a+1},(_,i)=>(a+i)*s)};
    const decades=(lo,hi)=>{const all=[];for(let e=Math.floor(Math.log10(lo));e<=Math.ceil(Math.log10(hi));e++)
    for(const m of hi/lo<2e3?[1,2,5]:[1])all.push(+`${m}e${e}`);
    const held=all.filter(v=>v>=lo*.999&&v<=hi*1.001),step=Math.ceil(held.length/8);
    if(held.length>2)return held.filter((_,i)=>i%step===0);
    // Less than a decade may hold none of those: round numbers then, or else the ends.
    const round=ticks(lo,hi,4).filter(v=>v>=lo&&v<=hi);
    // What is written alike is one label.
    return(round.length>1?round:[lo,hi]).filter((v,i,all)=>all.findIndex(w=>count(w)===count(v))===i)};
    // Nothing has no logarithm: what costs nothing stands in a place of its own, left of the axis.
    const across=(xs,log,from,to)=>{const some=log?xs.filter(x=>x>0):xs,lo=Math.min(...some),hi=Math.max(...some);
    if(!log||!some.length)return{x:v=>hi>lo?from+(v-lo)/(hi-lo)*(to-from):from,ticks:ticks(lo,hi,5).filter(v=>v>=lo&&v<=hi)};
    const zero=xs.some(x=>!(x>0)),left=zero?from+40:from;
    return{x:v=>v>0?(hi>lo?left+Math.log(v/lo)/Math.log(hi/lo)*(to-left):left):from,ticks:(zero?[0]:[]).concat(decades(lo,hi))}};
    """

  /// One drawing as markup.
  private static let curveDrawing = """
    const escape=t=>t.replace(/[&<>"]/g,c=>`&#${c.charCodeAt(0)};`),f=v=>v.toFixed(1);
    const markup=(series,unit,level,log,size)=>{const L=54,R=size.width-26,T=12,B=size.height-54;
    const ys=series.flatMap(s=>s.points.flatMap(p=>[p.y,p.low,p.high]).concat(s.seeds.flat().map(p=>p.y)));
    if(level!=null)ys.push(level);if(!ys.length)return'';
    const up=ticks(Math.min(...ys),Math.max(...ys),4),lo=up[0],hi=up[up.length-1],y=v=>B-(v-lo)/(hi-lo)*(B-T);
    const a=across(series.flatMap(s=>s.points.map(p=>p.x)),log,L,R),path=ps=>ps.map(p=>f(a.x(p.x))+','+f(y(p.y))).join(' ');
    const digits=Math.max(0,Math.min(6,Math.ceil(-Math.log10(up[1]-up[0])-1e-9)));let out='';
    for(const v of up)out+=`<line class="grid" x1="${L}" x2="${R}" y1="${f(y(v))}" y2="${f(y(v))}"/>`+
    `<text class="tick" text-anchor="end" x="${L-7}" y="${f(y(v))}" dy=".35em">${minus(v.toFixed(digits))}</text>`;
    a.ticks.forEach((v,i)=>{const x=a.x(v);out+=`<text class="tick${i%2?' odd':''}" text-anchor="${x>R-30?'end':'middle'}" x="${f(x)}" y="${B+22}">${count(v)}</text>`});
    out+=`<text class="axis" text-anchor="end" x="${R}" y="${size.height-5}">${escape(unit)}${log?', logarithmic':''} →</text>`;
    if(level!=null)out+=`<line class="floor" x1="${L}" x2="${R}" y1="${f(y(level))}" y2="${f(y(level))}"/>`;
    for(const s of series){if(!s.points.length)continue;const last=s.points[s.points.length-1],c='c'+s.color;
    const said=s.points.map(p=>`${f(a.x(p.x))},${f(y(p.y))},${value(p.y)}${p.low<p.high?` [${value(p.low)}, ${value(p.high)}]`:''} at ${count(p.x)}`);
    out+=`<g data-arm="${escape(s.name)}" data-points="${said.join(';')}">`;
    if(s.points.some(p=>p.low<p.high))out+=`<polygon class="band ${c}" points="${path(s.points.map(p=>({x:p.x,y:p.high})))} ${path(s.points.map(p=>({x:p.x,y:p.low})).reverse())}"/>`;
    for(const seed of s.seeds)if(seed.length>1)out+=`<polyline class="seed ${c}" points="${path(seed)}"/>`;
    out+=`<polyline class="line ${c}" points="${path(s.points)}"><title>${escape(s.name)}</title></polyline>`+
    `<circle class="dot ${c}" r="3.5" cx="${f(a.x(last.x))}" cy="${f(y(last.y))}"/></g>`}
    return out};return markup})();
    """

  /// What is chosen, in every panel; the page's own drawings come back with its own choice.
  private static let curveChoice = """
    (()=>{const box=document.getElementById('curve-data');if(!box)return;const data=JSON.parse(box.textContent);
    const menu=document.getElementById('curve-metric'),log=document.getElementById('curve-log');
    const note=document.getElementById('curve-meaning');document.querySelector('#curves .choices').hidden=false;
    const panels=data.measures.map((m,i)=>({m,i,svg:document.querySelector(`#curves .panel[data-by="${m.id}"] svg`)})).filter(p=>p.svg);
    for(const p of panels){p.own=p.svg.innerHTML;p.label=p.svg.getAttribute('aria-label')}
    const series=(metric,m,place)=>data.arms.map((arm,n)=>{const c=metric.curves[n];if(!c)return{...arm,points:[],seeds:[]};
    const known=c.at.map((at,i)=>[arm.costs[at][place],i]).filter(([x,i])=>x!=null&&c.mean[i]!=null);
    return{name:arm.name,color:arm.color,points:known.map(([x,i])=>({x:x/m.size,y:c.mean[i],low:c.low[i],high:c.high[i]})),
    seeds:c.seeds.map(s=>known.filter(([,i])=>s[i]!=null).map(([x,i])=>({x:x/m.size,y:s[i]})))}});
    const side=document.getElementById('curve-side'),bound=document.getElementById('curve-bound'),own=side.textContent;
    const draw=()=>{const metric=data.metrics[menu.selectedIndex];note.textContent=metric.meaning;
    side.textContent=menu.selectedIndex?metric.name+' against what was spent'+(metric.side?`: ${metric.side} and further left is better.`:'.'):own;
    if(bound)bound.hidden=metric.level==null;
    for(const {m,i,svg,own,label} of panels){const isOwn=!menu.selectedIndex&&!log.checked;
    svg.innerHTML=isOwn?own:opdCurves(series(metric,m,i),m.unit,metric.level,log.checked,svg.viewBox.baseVal);
    svg.setAttribute('aria-label',isOwn?label:metric.name+' by '+m.unit+'; at the end '+data.arms.map((a,n)=>[a.name,metric.curves[n]]).filter(p=>p[1])
    .map(p=>p[0]+' '+p[1].mean[p[1].mean.length-1]).join(', '));svg.points=null;
    for(const g of svg.querySelectorAll('g[data-arm]')){const item=[...document.querySelectorAll('#curves .legend [data-arm]')]
    .find(e=>e.dataset.arm===g.dataset.arm);g.classList.toggle('off',!!item&&item.classList.contains('off'))}}};
    menu.addEventListener('change',draw);log.addEventListener('change',draw);
    // A browser that comes back to a page keeps what was chosen.
    if(menu.selectedIndex||log.checked)draw()})();
    """
}
