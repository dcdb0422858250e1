using System.Globalization;
using System.Text;
using HeadCount.Drawing;
using HeadCount.Evaluation;
using HeadCount.Imaging;
using HeadCount.IO;

namespace HeadCount.Reports;

/// <summary>
/// An evaluation as one page that a browser reads from top to bottom: style, plots and pictures are inside, nothing
/// comes from a network. Beside it lies a table of the pictures, from which evaluations are compared.
/// </summary>
public sealed class EvaluationReport
{
    /// <summary>The page's name in the folder.</summary>
    public const string PageName = "index.html";

    /// <summary>The table's name in the folder (<see cref="PictureScoreFile"/>).</summary>
    public const string TableName = "pictures.csv";

    /// <summary>Pictures that are shown: enough to see what goes wrong, few enough for a page of some megabytes.
    /// </summary>
    private const int MostCrowded = 4, Worst = 10;

    private const int LongestSide = 1600, Quality = 80;

    /// <summary>Larger pictures are named and not shown.</summary>
    private const long MaxPixels = 100_000_000;

    private static readonly double[] UsualRadii = [4, 8, 16];

    private readonly EvaluationRun _run;
    private readonly IProgress<double>? _progress;
    private readonly EvaluatedImage[] _images;
    private readonly double _radius;
    private readonly double[] _radii;
    private readonly EvaluationSummary _summary;
    private readonly PictureScore[] _scores;
    private readonly ErrorAnalysis _errors;
    private readonly IReadOnlyList<ThresholdPoint> _curve;
    private readonly IReadOnlyList<Finding> _findings;
    private readonly StringBuilder _page = new();
    private int _plots, _shown;

    private EvaluationReport(EvaluationRun run, IProgress<double>? progress)
    {
        _run = run;
        _progress = progress;
        _images = [.. run.Pictures.Select(picture => picture.Image.WithoutIgnored())];
        _radius = run.Radii.Max();
        _radii = [.. UsualRadii.Concat(run.Radii).Distinct().Order()];
        _summary = EvaluationSummary.Of(_images, [.. _radii.Select(MatchingRadius.Of)]);
        _scores = [.. _images.Select(image => PictureScore.Of(image, [.. _radii.Append(2 * _radius).Distinct()]))];
        _errors = ErrorAnalysis.Of(_images, _radius);
        _curve = run.Threshold is double used ? Curve(used) : [];
        _findings = Advice.Of(_errors, Metric.Sum(_scores, 2 * _radius), _curve, run.Threshold, _scores);
    }

    private IReadOnlyList<ThresholdPoint> Curve(double used)
    {
        double from = _run.Pictures.Max(picture => picture.Sweep.From);
        double[] thresholds = [.. ThresholdCurve.Thresholds.Where(threshold => threshold > from)
            .Append(from).Append(used).Distinct()];
        int begun = 0;
        return ThresholdCurve.Of(thresholds, [_radius], threshold =>
        {
            // Nearly all of the work; the pictures that are shown are the rest.
            _progress?.Report(90.0 * (Interlocked.Increment(ref begun) - 1) / thresholds.Length);
            return [.. _run.Pictures.Select(picture =>
                (picture.Image with { Predictions = picture.Sweep.At(threshold) }).WithoutIgnored())];
        });
    }

    /// <summary>Writes the page and the table into a folder, which is created.</summary>
    /// <param name="run">The evaluation.</param>
    /// <param name="folder">The folder; files of an earlier report are replaced.</param>
    /// <param name="progress">Told how much is done, 0..100; from several threads.</param>
    /// <exception cref="ArgumentException">The run has no pictures or no radii.</exception>
    /// <exception cref="IOException">The folder or a file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or a file may not be written.</exception>
    public static void Write(EvaluationRun run, string folder, IProgress<double>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (run.Pictures.Count == 0 || run.Radii.Count == 0)
            throw new ArgumentException("At least one picture and one radius are needed.", nameof(run));
        Directory.CreateDirectory(folder);
        var report = new EvaluationReport(run, progress);
        PictureScoreFile.Write(Path.Combine(folder, TableName), [.. report._scores.Select(score => score with
        {
            Localization = [.. score.Localization.Where(entry => report._radii.Contains(entry.Radius))],
        })]);
        WholeFile.WriteText(Path.Combine(folder, PageName), report.Page());
    }

    private string Page()
    {
        string title = $"{_run.Model} on {_run.Dataset}";
        Add($"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{Html.Text(title)}</title>");
        Add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        Add($"<style>{Resource("report.css")}</style></head><body>");
        Add($"<h1>{Html.Text(title)}</h1>");
        Add($"<p class=\"soft\">{Html.Number(_summary.Images)} pictures with {Html.Number(_summary.Heads)} heads; "
            + (_run.Threshold is double threshold
                ? $"threshold {Plain(threshold)}, suppression radius {Plain(_run.SuppressionRadius)} px; counted "
                : "as many heads as its density sums to; counted ")
            + $"in {Html.Number(_run.Seconds, 1)} "
            + $"s{(_run.Failed > 0 ? $"; {_run.Failed} pictures could not be counted and are left out" : "")}.</p>");
        Add("<nav><a href=\"#results\">Results</a><a href=\"#positions\">Positions</a><a "
            + $"href=\"#counts\">Counts</a>{(_run.Threshold is null ? "" : "<a href=\"#threshold\">Threshold</a>")}"
            + "<a href=\"#missed\">Missed "
            + "heads</a><a href=\"#false\">False alarms</a><a href=\"#pictures\">Pictures</a><a "
            + "href=\"#next\">What to try next</a></nav>");
        Results();
        Positions();
        Counts();
        if (_run.Threshold is double inUse)
            Threshold(inUse);
        MissedHeads();
        FalseAlarms();
        Pictures();
        Next();
        Add("<footer><p>Intervals hold 95 % of 2,000 bootstrap resamples over pictures, with a fixed seed. "
            + "Detections and true heads are matched one to one, as many pairs as possible, then the nearest. "
            + "Precision, recall and F1 are sums over all pictures. All definitions: docs/evaluation.md of "
            + "HeadCount.</p></footer>");
        Add("<dialog><div><img alt=\"\"></div><button>Close</button></dialog>");
        Add($"<script>{Resource("report.js")}</script></body></html>");
        return _page.ToString();
    }

    private void Results()
    {
        Section("results", "Key results");
        Add("<div class=\"cards\">");
        Card("people counted", Html.Number(_summary.Detections), $"of {Html.Number(_summary.Heads)} marked");
        Card(Metric.Mae, "heads a picture");
        Card(Metric.F1(_radius));
        Card(Metric.Recall(_radius));
        Card(Metric.Precision(_radius));
        Card("mean distance of hits", $"{Html.Number(_errors.MeanDistance, 1)} px", $"matched within "
            + $"{Plain(_radius)} px");
        Add("</div>");
        double bias = _summary.Counting.Bias;
        Add($"<p>{(bias < 0 ? "Too few" : "Too many")} heads are counted on the whole, by "
            + $"{Html.Number(Math.Abs(bias), 1)} a picture. Of the marked heads {Share(Recall)} are found, and "
            + $"{Share(_errors.Score.Precision)} of what is found is a head.");
        if (_findings is [var first, ..])
            Add($" What would help most: <a href=\"#next\">{Html.Text(Lower(first.Title))}</a>.");
        Add("</p>");
    }

    private void Card(Metric metric, string? note = null)
    {
        Interval? interval = Bootstrap.Of(_scores, metric.Of);
        int decimals = metric == Metric.Mae ? 2 : 3;
        Card(metric.Name, Html.Number(interval?.Value, decimals),
            $"{(interval is Interval i ? Html.Range(i, decimals) : "")} {note}".Trim());
    }

    private void Card(string name, string value, string note) =>
        Add($"<div>{Html.Text(name)}<b>{value}</b><small>{note}</small></div>");

    private void Positions()
    {
        Section("positions", "Positions at several radii");
        Add($"<p>A head's nearest neighbour is {Html.Number(_summary.MeanNeighbourDistance, 1)} px away on "
            + "average: a radius near half of this no longer tells neighbours apart. Chance is the F1 of as many "
            + "random points as there are heads.</p>");
        Table(["radius", "precision", "recall", "F1", "macro F1", "chance F1", "mean px"],
            [.. _summary.Localization.Select((result, i) => (string[])[result.Radius.Label,
                WithInterval(Metric.Precision(_radii[i])), WithInterval(Metric.Recall(_radii[i])),
                WithInterval(Metric.F1(_radii[i])), Html.Number(result.MacroF1, 3), Html.Number(result.ChanceF1, 3),
                Html.Number(result.MeanDistance, 2)])]);

        string WithInterval(Metric metric) => Html.Number(Bootstrap.Of(_scores, metric.Of), 3);
    }

    private void Counts()
    {
        Section("counts", "Counts");
        bool density = _scores.All(score => score.DensitySum is not null);
        string[] columns = ["MAE", "RMSE", "NAE", "bias", .. density ? ["MAE of the density sum"] : (string[])[]];
        var all = Metric.All([]).ToDictionary(metric => metric.Name);
        Table([.. columns.Prepend("")], [[.. columns.Select(name =>
            Html.Number(Bootstrap.Of(_scores, all[name].Of), name == "NAE" ? 3 : 2)).Prepend("all pictures")]]);
        if (_summary.Game is { } game)
            Table(["", "GAME(0)", "GAME(1)", "GAME(2)", "GAME(3)"],
                [[.. game.Select(error => Html.Number(error, 2)).Prepend("mean over pictures")]]);

        double most = 1.05 * Math.Max(1, _scores.Max(score => Math.Max(score.Truth, score.Predicted)));
        double[] truth = [.. _scores.Select(score => (double)score.Truth)];
        double[] errors = [.. _scores.Select(score => (double)score.Error)];
        var scatter = new Chart("heads in truth", "heads counted");
        var residuals = new Chart("heads in truth", "counted − truth");
        double reach = errors.Max(Math.Abs);
        float size = _scores.Length > 300 ? 4 : 6;
        if (density)
        {
            double[] sums = [.. _scores.Select(score => score.DensitySum!.Value)];
            scatter.Points(truth, sums, Ink.Orange, hollow: true, size + 1);
            residuals.Points(truth, sums.Zip(truth, (sum, t) => sum - t), Ink.Orange, hollow: true, size + 1);
            most = Math.Max(most, sums.Max() * 1.05);
            reach = Math.Max(reach, sums.Zip(truth, (sum, t) => Math.Abs(sum - t)).Max());
        }
        scatter.Points(truth, _scores.Select(score => (double)score.Predicted), Ink.Blue, size: size);
        residuals.Points(truth, errors, Ink.Blue, size: size);
        // Last: after a dashed line ScottPlot would dash the marks too, which SVG cannot.
        scatter.Line([0, most], [0, most], Ink.Text, dashed: true);
        residuals.Line([0, most], [0, 0], Ink.Text, dashed: true);
        // A little below 0, so that marks of empty pictures are seen whole.
        scatter.Limits(-.02 * most, most, -.02 * most, most);
        reach = Math.Max(1, reach) * 1.1;
        residuals.Limits(-.02 * most, most, -reach, reach);
        string key = "<span class=\"blue\">● number of points</span>"
            + (density ? ", <span class=\"orange\">○ density sum</span>" : "");
        Add("<div class=\"plots\">");
        Plot(scatter, "Counted against true heads, a mark a picture", key + "; the dashed line is a right count.");
        Plot(residuals, "Count error against true heads, a mark a picture", key + "; below the dashed line too few.");
        Add("</div>");
        ByCrowd(density);
    }

    private void ByCrowd(bool density)
    {
        Add($"<h3>{(density ? "Points against density sum by" : "By")} the size of the crowd</h3>");
        int[] edges = [0, 1, 51, 201, 501];
        string[] names = ["nobody", "1–50", "51–200", "201–500", "over 500"];
        var rows = new List<string[]>();
        for (int i = 0; i < edges.Length; i++)
        {
            int from = edges[i], to = i + 1 < edges.Length ? edges[i + 1] : int.MaxValue;
            PictureScore[] group = [.. _scores.Where(score => score.Truth >= from && score.Truth < to)];
            if (group.Length == 0)
                continue;
            var counting = CountingErrors.Of(group.Select(score => (score.Truth, (double)score.Predicted)));
            List<string> row = [names[i], Html.Number(group.Length),
                Html.Number(Bootstrap.Of(group, Metric.Mae.Of), 1), Html.Number(counting.Bias, 1)];
            if (density)
            {
                row.Add(Html.Number(Bootstrap.Of(group, Metric.DensityMae.Of), 1));
                row.Add(Html.Number(group.Average(score => score.DensitySum!.Value - score.Truth), 1));
            }
            rows.Add([.. row]);
        }
        Table(["heads", "pictures", "MAE", "bias", .. density ? ["density MAE", "density bias"] : (string[])[]], rows);
    }

    private void Threshold(double inUse)
    {
        Section("threshold", $"Over the threshold, at {Plain(_radius)} px");
        ThresholdPoint best = _curve.MaxBy(point => point.Scores[0].F1)!;
        ThresholdPoint used = _curve.First(point => point.Threshold == inUse);
        Add($"<p>The threshold in use, {Plain(inUse)}, gives F1 {Html.Number(used.Scores[0].F1, 3)}; the "
            + $"highest on these pictures is {Html.Number(best.Scores[0].F1, 3)} at {Plain(best.Threshold)}. "
            + "Precision and recall meet where the count is right on the whole.</p>");
        double[] thresholds = [.. _curve.Select(point => point.Threshold)];
        double[] precisions = [.. _curve.Select(point => point.Scores[0].Precision)];
        double[] recalls = [.. _curve.Select(point => point.Scores[0].Recall)];
        var curve = new Chart("recall", "precision");
        curve.Line(recalls, precisions, Ink.Blue);
        curve.Points([used.Scores[0].Recall], [used.Scores[0].Precision], Ink.Orange, size: 12);
        curve.Limits(0, 1, 0, 1);
        var over = new Chart("threshold", "score");
        over.Line(thresholds, precisions, Ink.Blue, dashed: true);
        over.Line(thresholds, recalls, Ink.Green);
        over.Line(thresholds, _curve.Select(point => point.Scores[0].F1), Ink.Orange);
        over.Line([inUse, inUse], [0, 1], Ink.Text, dashed: true);
        over.Limits(0, 1, 0, 1);
        double[] errors = [.. _curve.Select(point => point.Counting.Mae)];
        var counting = new Chart("threshold", "MAE of the count");
        counting.Line(thresholds, errors, Ink.Orange);
        double most = Math.Max(errors.Max() * 1.05, 1e-3);
        counting.Line([inUse, inUse], [0, most], Ink.Text, dashed: true);
        counting.Limits(0, 1, 0, most);
        Add("<div class=\"plots\">");
        Plot(curve, "Precision against recall over the threshold",
            "<span class=\"orange\">●</span> the threshold in use; to the left it rises.");
        Plot(over, "Precision, recall and F1 over the threshold", "<span class=\"blue\">precision (dashed)</span>, "
            + "<span class=\"green\">recall</span>, <span class=\"orange\">F1</span>; upright line: the threshold "
            + "in use.");
        Plot(counting, "Mean absolute count error over the threshold", "How far counts are off at each threshold.");
        Add("</div>");
    }

    private void MissedHeads()
    {
        Section("missed", $"Where heads are missed, at {Plain(_radius)} px");
        Add($"<p>{Html.Number(_errors.Score.FalseNegatives)} of {Html.Number(_summary.Heads)} heads are missed.</p>");
        Add("<div class=\"plots\"><div>");
        Add("<h3>By distance to the nearest other head</h3>");
        Recalls("px", _errors.BySpacing);
        Add("</div><div>");
        Add($"<h3>By local density: other heads within {Plain(ErrorAnalysis.DensityReach)} px</h3>");
        Recalls("others", _errors.ByDensity);
        Add("</div>");
        if (_errors.ByPosition is { } thirds)
        {
            Add("<div><h3>By position in the picture: recall</h3><div class=\"thirds\">");
            foreach (HeadGroup cell in thirds)
            {
                string shade = Plain(Math.Round((cell.Recall ?? 0) * .6, 2));
                Add($"<div style=\"background:rgba(var(--heat),{shade})\"><b>{Percent(cell.Recall)}</b>"
                    + $"<small>of {Html.Number(cell.Heads)}</small></div>");
            }
            Add("</div></div>");
        }
        Add("</div>");
    }

    private void Recalls(string unit, IReadOnlyList<HeadGroup> groups) =>
        Bars([unit, "heads", "recall"], groups.Select(group => (group.Name, group.Heads, group.Recall)));

    private void FalseAlarms()
    {
        long all = _errors.Score.FalsePositives;
        Section("false", $"False alarms, at {Plain(_radius)} px");
        Add($"<p>{Html.Number(all)} of {Html.Number(_summary.Detections)} detections are no head. By their "
            + "distance to the nearest true one (a double stands where another detection has found the head "
            + "already):</p>");
        Bars(["kind", "number", "share"], _errors.FalseAlarms.Select(kind => ($"{kind.Name}, "
            + (double.IsInfinity(kind.To) ? $"over {Plain(kind.From)} px"
                : kind.From == 0 ? $"up to {Plain(kind.To)} px" : $"{Plain(kind.From)}–{Plain(kind.To)} px"),
            kind.Count, all > 0 ? (double?)kind.Count / all : null)));
        PictureScore[] empty = [.. _scores.Where(score => score.Truth == 0)];
        if (empty.Length > 0)
            Add($"<p>On the {Html.Number(empty.Length)} pictures without people "
                + $"{Html.Number(empty.Average(score => score.Predicted), 2)} "
                + "false heads a picture.</p>");
    }

    private void Bars(string[] columns, IEnumerable<(string Name, long Count, double? Share)> rows)
    {
        string headers = string.Concat(columns.Select(column => $"<th>{Html.Text(column)}</th>"));
        Add($"<table class=\"bars\"><tr>{headers}</tr>");
        foreach ((string name, long count, double? share) in rows)
            Add($"<tr><td style=\"white-space:normal\">{Html.Text(name)}</td><td>{Html.Number(count)}</td><td><div "
                + "class=\"bar\"><i "
                + $"style=\"width:{Plain(Math.Round((share ?? 0) * 70, 1))}%\"></i>{Percent(share)}</div></td></tr>");
        Add("</table>");
    }

    private void Pictures()
    {
        Section("pictures", "Pictures");
        Add("<p class=\"key\"><span><svg viewBox=\"0 0 20 20\"><circle cx=\"10\" cy=\"10\" r=\"6\" fill=\"none\" "
            + "stroke=\"#56b4e9\" stroke-width=\"2.5\"/></svg>found</span><span><svg viewBox=\"0 0 20 20\"><path "
            + "d=\"M5 5l10 10M5 15l10-10\" stroke=\"#ff6b1a\" stroke-width=\"2.5\"/></svg>missed</span><span><svg "
            + "viewBox=\"0 0 20 20\"><path d=\"M10 4l6 11H4z\" fill=\"none\" stroke=\"#f0e442\" "
            + $"stroke-width=\"2.5\"/></svg>false alarm</span><span class=\"soft\">matched within {Plain(_radius)} "
            + "px; click to enlarge</span></p>");
        int[] crowded = [.. Enumerable.Range(0, _images.Length).Where(i => _scores[i].Truth > 0)
            .OrderByDescending(i => _scores[i].Truth).Take(MostCrowded)];
        int[] worst = [.. Enumerable.Range(0, _images.Length).Where(i => Wrong(i) > 0)
            .OrderByDescending(i => Math.Abs(_scores[i].Error)).ThenByDescending(Wrong).Take(Worst)];
        Show("The most crowded", crowded);
        Show("The worst counts", [.. worst.Except(crowded)]);
        int both = worst.Intersect(crowded).Count();
        if (both > 0)
            Add($"<p class=\"soft\">{both} of the {worst.Length} worst counts stand among the most crowded above.</p>");

        long Wrong(int i) => _scores[i].At(_radius).FalsePositives + _scores[i].At(_radius).FalseNegatives;
    }

    private void Show(string title, int[] indices)
    {
        if (indices.Length == 0)
            return;
        Add($"<h3>{title}</h3><div class=\"pictures\">");
        foreach (int i in indices)
        {
            _progress?.Report(90 + 10.0 * _shown++ / (MostCrowded + Worst));
            PictureScore score = _scores[i];
            LocalizationScore local = score.At(_radius);
            string density = score.DensitySum is double sum ? $" (density {Html.Number(sum, 1)})" : "";
            string caption = $"<b>{Html.Text(score.Name)}</b>: {Html.Number(score.Truth)} heads, "
                + $"{Html.Number(score.Predicted)} "
                + $"counted{density}; "
                + $"{Html.Number(local.TruePositives)} found, {Html.Number(local.FalseNegatives)} missed, "
                + $"{Html.Number(local.FalsePositives)} false; F1 "
                + $"{(local.IsEmpty ? "n/a" : Html.Number(local.F1, 2))}";
            Add("<figure>");
            try
            {
                RgbImage picture = Picture.Load(_run.Pictures[i].Path, MaxPixels);
                RgbImage drawn = Overlay.DrawComparison(picture, _images[i].Truth, _images[i].Predictions, _radius);
                byte[] jpeg = PictureWriter.EncodeJpeg(drawn, LongestSide, Quality);
                Add($"<img loading=\"lazy\" alt=\"{Html.Text(score.Name)} with heads marked\" "
                    + $"src=\"data:image/jpeg;base64,{Convert.ToBase64String(jpeg)}\">");
            }
            catch (PictureException e)
            {
                Add($"<p>{Html.Text(e.Message)}</p>");
            }
            Add($"<figcaption>{caption}</figcaption></figure>");
        }
        Add("</div>");
    }

    private void Next()
    {
        Section("next", "What to try next");
        if (_findings.Count == 0)
        {
            Add("<p>No single kind of error stands out: none would add half a point to an F1 of "
                + $"{Html.Number(_errors.Score.F1, 3)} at {Plain(_radius)} px if it were gone.</p>");
            return;
        }
        Add($"<p>Each point supposes one kind of error gone and says what F1 at {Plain(_radius)} px, now "
            + $"{Html.Number(_errors.Score.F1, 3)}, would then be; the gains do not add up.</p><ol "
            + "class=\"findings\">");
        foreach (Finding finding in _findings)
            Add($"<li><b>{Html.Text(finding.Title)}</b>{(finding.Gain is double gain
                ? $" (F1 at most {Html.Number(_errors.Score.F1 + gain, 3)}, {Html.Number(100 * gain, 1)} points more)"
                : "")}<br>{Html.Text(finding.Reason)}</li>");
        Add("</ol>");
    }

    private double Recall => _errors.Score.Recall;

    private void Section(string id, string title) => Add($"<h2 id=\"{id}\">{Html.Text(title)}</h2>");

    private void Plot(Chart chart, string description, string caption)
    {
        Add($"<figure>{chart.ToSvg(description, $"plot{++_plots}")}<figcaption><b>{Html.Text(description)}.</b> "
            + $"{caption}</figcaption></figure>");
        chart.Dispose();
    }

    /// <summary>A table of cells that are HTML already.</summary>
    private void Table(string[] columns, IReadOnlyList<string[]> rows)
    {
        Add($"<div class=\"wide\"><table><tr>{string.Concat(columns.Select(column => $"<th>{column}</th>"))}</tr>");
        foreach (string[] row in rows)
            Add($"<tr>{string.Concat(row.Select(cell => $"<td>{cell}</td>"))}</tr>");
        Add("</table></div>");
    }

    private void Add(string html) => _page.Append(html).Append('\n');

    private static string Lower(string title) => char.ToLowerInvariant(title[0]) + title[1..];

    private static string Percent(double? share) => share is double value ? Share(value) : "–";

    private static string Share(double share) => share.ToString("P0", CultureInfo.InvariantCulture);

    private static string Plain(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Resource(string name)
    {
        using Stream stream = typeof(EvaluationReport).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
