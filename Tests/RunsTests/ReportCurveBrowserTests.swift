import Foundation
import Testing

@testable import Analysis

@Suite(
  "Learning curves in a browser", .serialized, .enabled(if: Browser.path != nil, "needs chromium"))
struct ReportCurveBrowserTests {
  /// Waits for nothing: the page's script has run when this one does.
  private static let names = """
    const svg=document.querySelector('#curves .panel svg'),menu=document.getElementById('curve-metric'),
    log=document.getElementById('curve-log'),all=s=>[...svg.querySelectorAll(s)],
    set=(e,change)=>{change();e.dispatchEvent(new Event('change'))},
    xs=()=>all('g[data-points]')[0].dataset.points.split(';').map(p=>+p.split(',')[0]);
    """

  private func title(after script: String) async throws -> String {
    try await Browser.title(ofSweepAfter: Self.names + script)
  }

  @Test("draws every seed as a thin line behind its arm's mean, and leaves them out on request")
  func seeds() async throws {
    let title = try await title(
      after: """
        const seed=all('.seed'),line=all('.line'),shown=()=>getComputedStyle(seed[0]).display!=='none';
        const width=e=>parseFloat(getComputedStyle(e).strokeWidth),before=shown();
        const behind=!!(seed[0].compareDocumentPosition(line[0])&Node.DOCUMENT_POSITION_FOLLOWING);
        document.querySelector('label[for=curve-seeds]').click();
        document.title=[seed.length,line.length,width(seed[0])<width(line[0]),behind,before,shown()].join(' ');
        """)
    // Three seeds of each of four arms.
    #expect(title == "12 4 true true true false")
  }

  @Test(
    "go by the logarithm of cost: equal factors are equal distances, what costs nothing stands apart"
  )
  func logarithm() async throws {
    let title = try await title(
      after: """
        const own=svg.innerHTML,before=xs();set(log,()=>{log.checked=true});const after=xs();
        // Evaluations at steps 0, 4, 8, 16: doublings from the second on.
        const even=Math.abs((after[2]-after[1])-(after[4]-after[2]))<.3,linear=Math.abs((before[2]-before[1])-(before[3]-before[2]))<.3;
        const apart=after[0]===before[0]&&after[1]-after[0]>30,labels=all('.tick').map(t=>t.textContent);
        set(log,()=>{log.checked=false});
        document.title=[linear,even,apart,labels.includes('0'),labels.every(t=>!/NaN|Infinity/.test(t)),svg.innerHTML===own].join(' ');
        """)
    #expect(title == "true true true true true true")
  }

  @Test("are of any metric that runs wrote, with what it means, and keep hidden arms hidden")
  func metric() async throws {
    let title = try await title(
      after: """
        const own=svg.innerHTML,options=[...menu.options].map(o=>o.text);
        document.querySelector('#curves .legend [data-arm=sft]').click();
        set(menu,()=>{menu.value='teacher_kl/k1'});
        const arms=all('g[data-arm]').map(g=>g.dataset.arm),label=svg.getAttribute('aria-label');
        set(menu,()=>{menu.value='loss'});const off=all('g.off').map(g=>g.dataset.arm);
        const meaning=document.getElementById('curve-meaning').textContent;
        document.title=[options[0],options.includes('entropy'),options.includes('step'),arms.join('+'),label.split(' ')[0],
        off.join('+'),meaning,svg.innerHTML!==own].join(' | ');
        """)
    #expect(
      title
        == "eval/mIoU | true | false | opd+opd-curriculum | teacher_kl/k1 | sft"
        + " | the objective's value before the update, nats | true")
  }

  @Test("drawn by the script have the numbers that the page wrote")
  func sameNumbers() async throws {
    let title = try await title(
      after: """
        const points=()=>all('g[data-points]').map(g=>g.dataset.points).join('|').split(/[,;|]/).map(parseFloat);
        const written=points();set(log,()=>{log.checked=true});set(log,()=>{log.checked=false});
        set(menu,()=>{menu.selectedIndex=1});set(menu,()=>{menu.selectedIndex=0});
        const data=JSON.parse(document.getElementById('curve-data').textContent),m=data.measures[0],c=data.metrics[0].curves[1];
        const ys=c.mean.map((y,i)=>[data.arms[1].costs[c.at[i]][0]/m.size,y]);
        const said=all('g[data-points]')[1].dataset.points.split(';').map(p=>p.match(/,([\\d.-]+) \\[.* at ([\\d.]+)/));
        const close=said.every((s,i)=>!s||(Math.abs(s[1]-ys[i][1])<6e-4&&Math.abs(s[2]-ys[i][0])<.006*Math.max(1,ys[i][0])));
        document.title=[written.length===points().length,said.filter(Boolean).length>5,said.length===ys.length,close].join(' ');
        """)
    #expect(title == "true true true true")
  }

  @Test("say which side is good, and of which bound, for the metric that is chosen alone")
  func side() async throws {
    let title = try await title(
      after: """
        const side=document.getElementById('curve-side'),said=()=>side.textContent.split(':').pop().trim(),own=said();
        set(menu,()=>{menu.value='teacher_kl/k1'});const lower=side.textContent;
        set(menu,()=>{menu.selectedIndex=0});document.title=[own,lower,said()===own].join(' | ');
        """)
    #expect(
      title
        == "higher and further left is better. | teacher_kl/k1 against what was spent: lower and further left is better. | true"
    )
  }

  @Test("have numbers along every axis, by the logarithm of cost too")
  func ticks() async throws {
    let title = try await title(
      after: """
        set(log,()=>{log.checked=true});
        document.title=[...document.querySelectorAll('#curves .panel svg')].map(s=>
        [...s.querySelectorAll('.tick:not([dy])')].map(t=>t.textContent)).map(t=>t.length>2&&new Set(t).size===t.length).join(' ');
        """)
    #expect(title == "true true true true")
  }

  @Test("show the headline where no script runs")
  func withoutScript() async throws {
    let folder = TemporaryFolder()
    var sweep = SyntheticSweep()
    sweep.steps = 40
    sweep.seeds = 3
    try sweep.write(to: folder.path)
    let page = try await Report.html(of: [folder.path])
    #expect(page.contains("<span class=\"choices\" hidden>"))
    #expect(page.contains("aria-label=\"mIoU by FLOPs; at the end grpo 0."))
  }
}
