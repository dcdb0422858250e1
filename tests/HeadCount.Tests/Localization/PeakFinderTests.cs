using FsCheck.Xunit;
using HeadCount.Annotations;
using HeadCount.Localization;
using Xunit;

namespace HeadCount.Tests.Localization;

public class PeakFinderTests
{
    private static List<HeadPoint> Find(
        string[] rows, double threshold = .1, double radius = 0, float dx = 0, float dy = 0, int columns = 0)
    {
        int pitch = rows[0].Length;
        // Digits are tenths.
        float[] score = [.. rows.SelectMany(row => row.Select(c => (c - '0') / 10f))];
        return PeakFinder.Find(new ScoreMap
        {
            Score = score,
            OffsetX = Enumerable.Repeat(dx, score.Length).ToArray(),
            OffsetY = Enumerable.Repeat(dy, score.Length).ToArray(),
            Pitch = pitch,
            Columns = columns == 0 ? pitch : columns,
            Rows = rows.Length,
            Stride = 2,
        }, threshold, radius);
    }

    [Fact]
    public void Peak_LiesAtItsCellsCentrePlusOffset() =>
        Assert.Equal([new HeadPoint(3 + .5, 5 - .25, .9f)], Find(["0000", "0120", "0910", "0000"], dx: .5f, dy: -.25f));

    [Fact]
    public void Peaks_AreAtOrAboveTheThreshold_BestFirst() =>
        Assert.Equal([.9f, .5f], Find(["90005", "00000", "40000"], threshold: .5).Select(h => (float)h.Score));

    [Theory]
    [InlineData("00000", "05550", "00000")]
    [InlineData("50005", "05050", "00500")]
    [InlineData("55555", "55555", "55555")]
    public void Plateau_IsOnePeak(params string[] rows) => Assert.Single(Find(rows));

    [Fact]
    public void Plateau_GivesItsMiddleCell() =>
        Assert.Equal([new HeadPoint(5, 3, .5f)], Find(["00000", "05550", "00000"]));

    [Fact]
    public void Plateau_BesideSomethingHigher_IsNoPeak() =>
        Assert.Equal([.6f], Find(["555560", "000000"]).Select(h => (float)h.Score));

    [Fact]
    public void CellsBeyondThePicture_DoNotCount() =>
        Assert.Equal([new HeadPoint(5, 1, .5f)], Find(["00569"], columns: 3));

    [Theory]
    [InlineData(7.9, 2)]
    [InlineData(8.1, 1)]
    public void Suppression_DropsTheWeakerWithinTheRadius(double radius, int heads)
    {
        List<HeadPoint> found = Find(["080009"], radius: radius);
        Assert.Equal(heads, found.Count);
        Assert.Equal(.9f, (float)found[0].Score);
    }

    [Property(MaxTest = 100)]
    public bool Heads_OfAnyMap_AreApartAndExplainEveryPeak(byte[] cells, byte radiusByte)
    {
        if (cells.Length == 0)
            return true;
        int pitch = Math.Max((int)Math.Sqrt(cells.Length), 1);
        int rows = cells.Length / pitch;
        // Few levels, so that plateaus are common.
        string[] map = [.. Enumerable.Range(0, rows).Select(r =>
            new string([.. Enumerable.Range(0, pitch).Select(c => (char)('0' + cells[r * pitch + c] % 5))]))];
        double radius = radiusByte % 12;
        List<HeadPoint> all = Find(map), kept = Find(map, radius: radius);
        return kept.All(a => kept.All(b => a == b || Distance(a, b) >= radius))
            && all.All(p => kept.Any(k => k == p || (Distance(k, p) < radius && k.Score >= p.Score)));

        static double Distance(HeadPoint a, HeadPoint b) => Math.Sqrt(Math.Pow(a.X - b.X, 2) + Math.Pow(a.Y - b.Y, 2));
    }
}
