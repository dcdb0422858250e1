using FsCheck.Xunit;
using HeadCount.Annotations;
using HeadCount.Localization;
using Xunit;

namespace HeadCount.Tests.Localization;

public class DensityDecoderTests
{
    private const int Stride = 8;

    /// <summary>A map of round spots of mass 1, one a head, each whole inside the map.</summary>
    private static float[] Map(int columns, int rows, IEnumerable<HeadPoint> heads, double sigma)
    {
        var map = new float[columns * rows];
        foreach (HeadPoint head in heads)
        {
            double[] spot = [.. Enumerable.Range(0, map.Length).Select(i => Math.Exp(-(
                Math.Pow((i % columns + .5) * Stride - head.X, 2) + Math.Pow((i / columns + .5) * Stride - head.Y, 2))
                / (2 * sigma * sigma)))];
            double sum = spot.Sum();
            for (int i = 0; i < map.Length; i++)
                map[i] += (float)(spot[i] / sum);
        }
        return map;
    }

    [Theory]
    [InlineData(6)]
    [InlineData(10)]
    public void Spots_AreFoundWhereTheyAre(double sigma)
    {
        var random = new Random(1);
        var heads = new List<HeadPoint>();
        while (heads.Count < 30)
        {
            var head = new HeadPoint(40 + 320 * random.NextDouble(), 40 + 240 * random.NextDouble());
            if (heads.TrueForAll(other => Distance(other, head) > 32))
                heads.Add(head);
        }

        List<HeadPoint> found = DensityDecoder.Decode(Map(50, 40, heads, sigma), 50, Stride);

        Assert.Equal(30, found.Count);
        Assert.All(heads, head => Assert.InRange(found.Min(other => Distance(head, other)), 0, 3));
        Assert.Equal(found.OrderBy(head => head.Y), found);
    }

    [Property(MaxTest = 100)]
    public bool AnyMap_GivesAsManyHeadsAsItsSum_InsideIt(byte columns, float[] values)
    {
        int width = columns % 7 + 1;
        float[] map = [.. values.Take(values.Length / width * width).Select(v => float.IsFinite(v) ? v % 3 : 0)];
        List<HeadPoint> found = DensityDecoder.Decode(map, width, Stride);
        return found.Count == Math.Max(0, (int)Math.Round(map.Sum(v => (double)v)))
            && found.TrueForAll(head => head.X >= 0 && head.Y >= 0 && head.X <= width * Stride
                && head.Y <= map.Length / width * Stride);
    }

    [Fact]
    public void EvenMap_IsCoveredEvenly()
    {
        List<HeadPoint> found = DensityDecoder.Decode([.. Enumerable.Repeat(.04f, 1600)], 40, Stride);
        Assert.Equal(64, found.Count);
        // 64 heads on 320×320 pixels have 40×40 each.
        Assert.All(found, head => Assert.InRange(found.Where(other => other != head).Min(o => Distance(head, o)), 25, 60));
    }

    [Fact]
    public void CrowdBesideALoneHead_LeavesTheLoneHeadItsPoint()
    {
        HeadPoint[] crowd = [.. Enumerable.Range(0, 25).Select(i => new HeadPoint(40 + i % 5 * 14, 40 + i / 5 * 14))];
        List<HeadPoint> found = DensityDecoder.Decode(Map(60, 20, [.. crowd, new HeadPoint(400, 80)], 5), 60, Stride);
        HeadPoint lone = Assert.Single(found, head => head.X > 200);
        Assert.InRange(Distance(lone, new HeadPoint(400, 80)), 0, 2);
    }

    [Fact]
    public void HeadsInOneCell_AreAllThere() =>
        Assert.Equal(5, DensityDecoder.Decode([0, 0, 0, 0, 5, 0, 0, 0, 0], 3, Stride).Count);

    private static double Distance(HeadPoint a, HeadPoint b) => Math.Sqrt(Math.Pow(a.X - b.X, 2) + Math.Pow(a.Y - b.Y, 2));
}
