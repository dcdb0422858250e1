using System.Globalization;
using System.Net;
using System.Text;
using HeadCount.Checking;

namespace HeadCount.Cli.Commands;

/// <summary>The result of <c>headcount check</c> as text and as a page of its own.</summary>
internal static class CheckReport
{
    private const int BarWidth = 40;

    internal static string Text(DatasetCheck check)
    {
        var text = new StringBuilder();
        foreach ((string name, string value) in Summary(check))
            text.Append(CultureInfo.InvariantCulture, $"{name,-18}{value}\n");
        foreach (Histogram histogram in (Histogram[])[check.CountHistogram, check.SpacingHistogram])
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{histogram.Title}\n");
            foreach ((string bin, long count) in histogram.Bins)
                text.Append(CultureInfo.InvariantCulture,
                    $"{bin,14}{count,9}  {new string('█', (int)Math.Round(BarWidth * Share(histogram, count)))}\n");
        }
        foreach (var kind in check.Findings.GroupBy(finding => finding.Kind))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{Heading(kind)}\n");
            foreach (Finding finding in kind)
                text.Append(CultureInfo.InvariantCulture, $"  {Printable.Of(finding.Where)}: {Printable.Of(finding.Message)}\n");
        }
        return text.Append(check.Findings.Count == 0 ? "\nnothing wrong was found\n" : "").ToString();
    }

    internal static string Html(string folder, DatasetCheck check)
    {
        var page = new StringBuilder("""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>HeadCount: dataset check</title><style>
            body { font: 16px/1.4 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
            table { border-collapse: collapse; } td { padding: .1rem .8rem .1rem 0; vertical-align: top; }
            td.n { text-align: right; white-space: nowrap; } td.b { width: 24rem; }
            .bar { background: #3b6ea5; height: .9rem; }
            </style></head><body>

            """);
        page.Append(CultureInfo.InvariantCulture, $"<h1>{Encode(folder)}</h1>\n<table>\n");
        foreach ((string name, string value) in Summary(check))
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{name}</td><td>{Encode(value)}</td></tr>\n");
        page.Append("</table>\n");
        foreach (Histogram histogram in (Histogram[])[check.CountHistogram, check.SpacingHistogram])
        {
            page.Append(CultureInfo.InvariantCulture, $"<h2>{Encode(histogram.Title)}</h2>\n<table>\n");
            foreach ((string bin, long count) in histogram.Bins)
            {
                page.Append(CultureInfo.InvariantCulture, $"<tr><td class=n>{bin}</td><td class=n>{count}</td>");
                page.Append(CultureInfo.InvariantCulture,
                    $"<td class=b><div class=bar style=\"width:{100 * Share(histogram, count):0.#}%\"></div></td></tr>\n");
            }
            page.Append("</table>\n");
        }
        foreach (var kind in check.Findings.GroupBy(finding => finding.Kind))
        {
            page.Append(CultureInfo.InvariantCulture, $"<h2>{Encode(Heading(kind))}</h2>\n<table>\n");
            foreach (Finding finding in kind)
                page.Append(CultureInfo.InvariantCulture,
                    $"<tr><td>{Encode(finding.Where)}</td><td>{Encode(finding.Message)}</td></tr>\n");
            page.Append("</table>\n");
        }
        if (check.Findings.Count == 0)
            page.Append("<p>Nothing wrong was found.</p>\n");
        return page.Append("</body></html>\n").ToString();
    }

    private static IEnumerable<(string Name, string Value)> Summary(DatasetCheck check)
    {
        int[] counts = [.. check.Counts.Order()];
        return
        [
            ("formats", string.Join(", ", check.Formats)),
            ("pictures", $"{counts.Length}"),
            ("heads", $"{check.Heads}"),
            ("heads a picture", string.Create(CultureInfo.InvariantCulture,
                $"{counts[0]} to {counts[^1]}, median {counts[counts.Length / 2]}, mean {counts.Average():0.#}")),
            ("without heads", $"{counts.Count(count => count == 0)}"),
        ];
    }

    private static string Heading(IGrouping<FindingKind, Finding> kind) =>
        $"{Finding.Title(kind.Key)}: {kind.Sum(finding => finding.Count)}";

    private static double Share(Histogram histogram, long count) =>
        (double)count / histogram.Bins.Max(bin => bin.Count);

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
