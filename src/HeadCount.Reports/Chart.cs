using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ScottPlot;

namespace HeadCount.Reports;

/// <summary>A colour of the page, which the style sheet defines for light and dark.</summary>
internal enum Ink
{
    Line,
    Text,
    Blue,
    Orange,
    Green,
}

/// <summary>
/// A plot as SVG for the page. ScottPlot draws everything but the letters: those it would place by the fonts of the
/// machine that writes the page (none in a bare container), while the browser's own fit every machine that reads it.
/// </summary>
internal sealed partial class Chart : IDisposable
{
    private const int Width = 460, Height = 330;

    private readonly Plot _plot = new();
    private readonly string _xLabel, _yLabel;

    /// <summary>Begins an empty plot.</summary>
    internal Chart(string xLabel, string yLabel)
    {
        (_xLabel, _yLabel) = (xLabel, yLabel);
        _plot.FigureBackground.Color = Colors.Transparent;
        _plot.DataBackground.Color = Colors.Transparent;
        _plot.Axes.Color(Mark(Ink.Line));
        _plot.Grid.MajorLineColor = Mark(Ink.Line);
        _plot.Layout.Fixed(new PixelPadding(64, 12, 46, 10));
        foreach (IAxis axis in _plot.Axes.GetAxes())
        {
            axis.TickLabelStyle.IsVisible = false;
            axis.MinorTickStyle.Length = 0;
        }
        foreach (IAxis axis in (IAxis[])[_plot.Axes.Bottom, _plot.Axes.Left])
            axis.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { TargetTickCount = 6 };
        _plot.Axes.Right.IsVisible = _plot.Axes.Top.IsVisible = false;
    }

    internal void Line(IEnumerable<double> xs, IEnumerable<double> ys, Ink ink, bool dashed = false)
    {
        var line = _plot.Add.ScatterLine(xs.ToArray(), ys.ToArray(), Mark(ink));
        line.LineWidth = 2;
        line.LinePattern = dashed ? LinePattern.Dashed : LinePattern.Solid;
    }

    internal void Points(
        IEnumerable<double> xs, IEnumerable<double> ys, Ink ink, bool hollow = false, float size = 6) =>
        _plot.Add.Markers(xs.ToArray(), ys.ToArray(), hollow ? MarkerShape.OpenCircle : MarkerShape.FilledCircle,
            size, Mark(ink));

    internal void Limits(double left, double right, double bottom, double top) =>
        _plot.Axes.SetLimits(left, right, bottom, top);

    /// <summary>The plot as an SVG element.</summary>
    /// <param name="description">What it shows, for those who cannot see it.</param>
    /// <param name="id">A name that no other plot of the page has.</param>
    internal string ToSvg(string description, string id)
    {
        string svg = _plot.GetSvgXml(Width, Height);
        svg = svg[svg.IndexOf('>', svg.IndexOf("<svg", StringComparison.Ordinal))..].TrimStart('>');
        svg = svg[..svg.LastIndexOf("</svg>", StringComparison.Ordinal)];
        foreach (Ink ink in Enum.GetValues<Ink>())
            svg = svg.Replace(
                $"\"{Mark(ink).ToHex()}\"", $"\"var(--{Name(ink)})\"", StringComparison.OrdinalIgnoreCase);
        // Names within an SVG hold for the whole page, and every plot would call its first clip alike.
        svg = Id().Replace(svg, match => $"{match.Groups[1].Value}{id}{match.Groups[2].Value}");
        svg = Indentation().Replace(svg, "\n");
        return $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Html.Text(description)}\">"
            + svg + Letters() + "</svg>";
    }

    public void Dispose() => _plot.Dispose();

    private string Letters()
    {
        var text = new StringBuilder();
        PixelRect data = _plot.LastRender.DataRect;
        foreach (Tick tick in _plot.Axes.Bottom.TickGenerator.Ticks.Where(Labelled))
            Add(_plot.GetPixel(new Coordinates(tick.Position, 0)).X, data.Bottom + 18, "middle", Number(tick));
        foreach (Tick tick in _plot.Axes.Left.TickGenerator.Ticks.Where(Labelled))
            Add(data.Left - 7, _plot.GetPixel(new Coordinates(0, tick.Position)).Y + 4.5, "end", Number(tick));
        Add((data.Left + data.Right) / 2, Height - 6, "middle", _xLabel);
        text.Append(CultureInfo.InvariantCulture,
            $"<text transform=\"translate(13 {(data.Top + data.Bottom) / 2:F1}) rotate(-90)\" ")
            .Append(CultureInfo.InvariantCulture, $"text-anchor=\"middle\">{Html.Text(_yLabel)}</text>");
        return text.ToString();

        void Add(double x, double y, string anchor, string label) => text.Append(CultureInfo.InvariantCulture,
            $"<text x=\"{x:F1}\" y=\"{y:F1}\" text-anchor=\"{anchor}\">{Html.Text(label)}</text>");

        // Minus signs and thousands as in the rest of the page.
        static string Number(Tick tick) => tick.Label.Replace('-', '−').Replace(',', '\u202f');

        static bool Labelled(Tick tick) => tick.IsMajor && tick.Label.Length > 0;
    }

    // Colours that nothing else has, to be found again in the SVG.
    private static Color Mark(Ink ink) => Color.FromHex($"#01020{3 + (int)ink}");

    private static string Name(Ink ink) => ink.ToString().ToLowerInvariant();

    [GeneratedRegex("(id=\"|url\\(#)(cl_)")]
    private static partial Regex Id();

    [GeneratedRegex("\\s*\\n\\s*")]
    private static partial Regex Indentation();
}
