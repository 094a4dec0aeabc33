extension ReportScript {
  /// Tables as text: `TableCell` and `TableColumn` say what stands in a copy in place of what is seen.
  static let copies = #"""
    const opdCopy=(()=>{
    // Marks beside a name and drawings are no part of a value; a line's end parts words.
    const letters=n=>n.nodeType===3?n.data:/^(em|svg)$/i.test(n.tagName)?'':n.tagName==='BR'?' ':[...n.childNodes].map(letters).join('');
    const text=c=>c.dataset.text??letters(c).replace(/\s+/g,' ').trim();
    const read=t=>{const heads=[...t.tHead.rows[0].cells],kept=heads.map((h,i)=>i).filter(i=>text(heads[i]));
    return{heads:kept.map(i=>heads[i]),rows:[...t.tBodies[0].rows].map(r=>kept.map(i=>r.cells[i]))}};
    const words=t=>{const {heads,rows}=read(t);return[heads,...rows].map(r=>r.map(text))};
    const fields=h=>h.dataset.fields?h.dataset.fields.split('|'):[text(h)];
    // Where no number is known a cell is empty, as programs expect it, and words stand in columns of words alone.
    const plain=c=>{const t=text(c);return t==='–'?'':t.replace(/−(?=\d)/g,'-')};
    const numbers=t=>{const {heads,rows}=read(t);
    return[heads.flatMap(fields),...rows.map(r=>r.flatMap((c,i)=>{const count=fields(heads[i]).length;
    const own=heads[i].dataset.fields?(c.dataset.numbers||'').split('|'):[plain(c)];
    return Array.from({length:count},(_,n)=>own[n]||'')}))]};
    const quoted=x=>/[",\n]/.test(x)?'"'+x.replace(/"/g,'""')+'"':x;
    const signs={'\\':'\\textbackslash{}','~':'\\textasciitilde{}','^':'\\textasciicircum{}','−':'$-$','×':'$\\times$','≤':'$\\le$','≥':'$\\ge$',
    '<':'$<$','>':'$>$','→':'$\\to$','↓':'$\\downarrow$','…':'\\ldots{}','–':'--','’':"'",'·':'$\\cdot$'};
    const latex=x=>x.replace(/[\\~^−×≤≥<>→↓…–’·]/g,c=>signs[c]).replace(/([&%#_])/g,'\\$1');
    const row=c=>'| '+c.map(x=>x.replace(/\|/g,'\\|')).join(' | ')+' |';
    return{Markdown:t=>words(t).map((c,i)=>row(c)+(i?'':'\n|'+c.map(()=>'---|').join(''))).join('\n'),
    CSV:t=>numbers(t).map(r=>r.map(quoted).join(',')).join('\n'),
    LaTeX:t=>{const r=words(t);return'\\begin{tabular}{l'+'r'.repeat(r[0].length-1)+'}\n'+
    r.map(c=>c.map(latex).join(' & ')+' \\\\').join('\n')+'\n\\end{tabular}'}}})();
    """#
}
