/// What a report does when somebody touches it.
///
/// Numbers on pointing, arms hidden and shown, tables sorted and copied, figures saved, curves of any metric; everything is on the page without it.
enum ReportScript {
  /// The script.
  static let text = [pointing, hiding, sorting, copies, copying, curves].joined(separator: "\n")

  /// The nearest point of a line says what it is.
  private static let pointing = """
    (()=>{const tip=document.createElement('div');tip.className='tip';tip.hidden=true;document.body.append(tip);
    for(const svg of document.querySelectorAll('svg.chart')){
    const mark=document.createElementNS(svg.namespaceURI,'circle');mark.setAttribute('class','mark');mark.setAttribute('r','6');
    const read=()=>[...svg.querySelectorAll('g[data-points]')].flatMap(g=>g.dataset.points.split(';').map(p=>{
    const [x,y,...rest]=p.split(',');return {g,x:+x,y:+y,text:rest.join(',')}}));
    const hide=()=>{tip.hidden=true;mark.remove()};
    svg.addEventListener('pointerleave',hide);
    svg.addEventListener('pointermove',e=>{const box=svg.getBoundingClientRect(),k=svg.viewBox.baseVal.width/box.width;
    const x=(e.clientX-box.left)*k,y=(e.clientY-box.top)*k;let best,far=40*k;
    for(const p of svg.points||(svg.points=read())){if(p.g.classList.contains('off'))continue;const d=Math.hypot(p.x-x,p.y-y);if(d<far){far=d;best=p}}
    if(!best)return hide();
    mark.setAttribute('cx',best.x);mark.setAttribute('cy',best.y);svg.append(mark);
    const band=svg.dataset.band;
    tip.textContent=best.g.dataset.arm+': '+best.text.replace(']',band?`; ${band}]`:']');tip.hidden=false;
    tip.style.left=Math.max(4,Math.min(e.clientX+14,innerWidth-tip.offsetWidth-8))+'px';tip.style.top=(e.clientY+16)+'px'})}})();
    """

  /// A name in a legend hides its arm in every chart.
  private static let hiding = """
    for(const item of document.querySelectorAll('.legend [data-arm]')){item.setAttribute('role','button');item.tabIndex=0;
    item.setAttribute('aria-pressed','true');
    const toggle=()=>{const off=item.getAttribute('aria-pressed')==='true';
    for(const e of document.querySelectorAll('svg [data-arm],.legend [data-arm]'))if(e.dataset.arm===item.dataset.arm){
    e.classList.toggle('off',off);if(e.hasAttribute('aria-pressed'))e.setAttribute('aria-pressed',String(!off))}};
    item.addEventListener('click',toggle);
    item.addEventListener('keydown',e=>{if(e.key==='Enter'||e.key===' '){e.preventDefault();toggle()}})}
    """

  /// A column's heading sorts by it: numbers as numbers, what is none last.
  private static let sorting = """
    for(const th of document.querySelectorAll('thead th')){const table=th.closest('table');
    if(table.tBodies[0].rows.length<3||!th.textContent.trim()||table.className==='matrix')continue;
    const button=document.createElement('button');button.append(...th.childNodes);th.append(button);
    button.addEventListener('click',()=>{const up=th.getAttribute('aria-sort')==='descending';
    for(const o of th.parentNode.children)o.removeAttribute('aria-sort');th.setAttribute('aria-sort',up?'ascending':'descending');
    const size={k:1e3,K:1e3,M:1e6,G:1e9,T:1e12,P:1e15},of=row=>{const text=row.cells[th.cellIndex].textContent.trim();
    const own=row.cells[th.cellIndex].dataset.numbers;if(own&&own.split('|')[0])return +own.split('|')[0];
    const m=text.replace(/\\u2212/g,'-').match(/^[<≤]?\\s*([+-]?\\d*\\.?\\d+)\\s*([kKMGTP])?/);return m?+m[1]*(size[m[2]]||1):text};
    const rows=[...table.tBodies[0].rows].map(row=>[of(row),row]);
    rows.sort(([a],[b])=>{const n=typeof a==='number',m=typeof b==='number';if(n!==m)return n?-1:1;
    const d=n?a-b:b.localeCompare(a);return up?d:-d});
    table.tBodies[0].append(...rows.map(r=>r[1]))})}
    """

  /// A table goes to the clipboard as Markdown, CSV or LaTeX, a figure to a file.
  ///
  /// Markdown and LaTeX have a cell a value, its interval with it; CSV has a column a number.
  private static let copying = """
    (()=>{    const tools=()=>{const d=document.createElement('div');d.className='tools';return d};
    const button=(d,name,act)=>{const b=document.createElement('button');b.type='button';b.textContent=name;b.addEventListener('click',()=>act(b));d.append(b)};
    for(const box of document.querySelectorAll('section .scroll')){const d=tools();d.append('copy as');
    const hint=document.createElement('span');hint.className='hint';hint.textContent='more columns →';d.prepend(hint);
    // Who cannot see the shadow at the edge, or has only a keyboard, is told and can scroll.
    const look=()=>{const more=box.scrollWidth>box.clientWidth+1;hint.hidden=!more;box.classList.toggle('more',more);
    if(more){box.tabIndex=0;box.setAttribute('role','region');box.setAttribute('aria-label',(box.querySelector('caption')||{textContent:'table'}).textContent)}
    else for(const a of ['tabindex','role','aria-label'])box.removeAttribute(a)};
    new ResizeObserver(look).observe(box);look();
    for(const name in opdCopy)button(d,name,async b=>{const text=opdCopy[name](box.querySelector('table'));
    try{await navigator.clipboard.writeText(text)}catch{const t=document.createElement('textarea');t.value=text;document.body.append(t);t.select();document.execCommand('copy');t.remove()}
    b.textContent='copied';setTimeout(()=>b.textContent=name,1200)});box.after(d)}
    for(const svg of document.querySelectorAll('svg.chart')){const d=tools();d.style.margin='0 2px 4px';
    button(d,'save SVG',()=>{const copy=svg.cloneNode(true),style=document.createElementNS(svg.namespaceURI,'style');
    style.textContent=document.querySelector('style').textContent;copy.prepend(style);copy.setAttribute('xmlns',svg.namespaceURI);
    const a=document.createElement('a');a.href=URL.createObjectURL(new Blob([copy.outerHTML],{type:'image/svg+xml'}));
    a.download=(svg.getAttribute('aria-label')||'figure').split(';')[0].replace(/\\W+/g,'-')+'.svg';a.click()});svg.after(d)}})();
    """
}
