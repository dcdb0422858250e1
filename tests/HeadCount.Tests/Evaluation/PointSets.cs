using FsCheck;
using FsCheck.Fluent;
using HeadCount.Annotations;

namespace HeadCount.Tests.Evaluation;

/// <summary>Two small sets of points on a coarse grid, so that ties, duplicates and exact radii are common.</summary>
public sealed record PointSets(HeadPoint[] Truth, HeadPoint[] Predictions, double[] Radii);

/// <summary>Generates <see cref="PointSets"/>.</summary>
public static class PointSetsArbitrary
{
    public static Arbitrary<PointSets> Create()
    {
        var point = from x in Gen.Choose(-2, 10)
                    from y in Gen.Choose(0, 8)
                    from score in Gen.Choose(0, 4)
                    select new HeadPoint(x, y, score / 4.0);
        var points = Gen.Choose(0, 6).SelectMany(count => Gen.ArrayOf(point, count));
        return (from truth in points
                from predictions in points
                from radii in Gen.ArrayOf(Gen.Choose(0, 6).Select(radius => (double)radius), truth.Length)
                select new PointSets(truth, predictions, radii)).ToArbitrary();
    }
}
