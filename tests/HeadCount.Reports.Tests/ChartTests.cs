using System.Xml.Linq;
using Xunit;

namespace HeadCount.Reports.Tests;

public sealed class ChartTests
{
    private static string Draw(string id = "a", string label = "recall")
    {
        using var chart = new Chart(label, "precision");
        chart.Line([0, .5, 1], [1, .8, .2], Ink.Blue);
        chart.Points([.5], [.8], Ink.Orange, size: 12);
        chart.Limits(0, 1, 0, 1);
        return chart.ToSvg("what is drawn", id);
    }

    [Fact]
    public void ToSvg_IsOneElementWithLettersOfThePage()
    {
        XElement svg = XElement.Parse(Draw());
        Assert.Equal("svg", svg.Name.LocalName);
        string[] letters = [.. svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value)];
        // Both labels and the ends of both axes, once each: none of ScottPlot's own.
        Assert.Contains("recall", letters);
        Assert.Contains("precision", letters);
        Assert.Equal(2, letters.Count(text => text == "0.4"));
        Assert.DoesNotContain("font-family", svg.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ToSvg_TakesEveryColourFromThePage()
    {
        string svg = Draw();
        Assert.Contains("var(--blue)", svg, StringComparison.Ordinal);
        Assert.Contains("var(--orange)", svg, StringComparison.Ordinal);
        Assert.Contains("var(--line)", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("=\"#", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void ToSvg_NamesAreThePlotsOwn()
    {
        string[] a = Ids(Draw("a")), b = Ids(Draw("b"));
        Assert.NotEmpty(a);
        Assert.Empty(a.Intersect(b));

        static string[] Ids(string svg) =>
            [.. XElement.Parse(svg).Descendants().Select(e => e.Attribute("id")?.Value).OfType<string>()];
    }

    [Fact]
    public void ToSvg_EscapesLetters() => Assert.Contains("a &lt; b", Draw(label: "a < b"), StringComparison.Ordinal);
}
