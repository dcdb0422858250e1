using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using HeadCount.Training.Data;
using Xunit;

namespace HeadCount.Training.Tests.Data;

public class NearestHeadsTests
{
    [Property(MaxTest = 60)]
    public Property Of_AnyHeads_EqualsBruteForce() => Prop.ForAll(
        Gen.Choose(0, 200).Two().ToArbitrary(), pair =>
        {
            var random = new Random(pair.Item1 * 1000 + pair.Item2);
            const int Size = 128, Stride = 2;
            // Sparse and crowded crops, some with all heads in a corner.
            int count = 1 + pair.Item1 / (1 + pair.Item2 % 40);
            float extent = pair.Item2 % 3 == 0 ? 20 : Size - 0.01f;
            float[] x = [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * extent)];
            float[] y = [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * extent)];
            var nearest = NearestHeads.Of(new Crop([], Size, x, y, new float[count]), Stride);
            for (int cell = 0; cell < nearest.Head.Length; cell++)
            {
                float cx = (cell % (Size / Stride) + .5f) * Stride, cy = (cell / (Size / Stride) + .5f) * Stride;
                double best = Enumerable.Range(0, count).Min(i => Math.Sqrt(Math.Pow(x[i] - cx, 2) + Math.Pow(y[i] - cy, 2)));
                if (Math.Abs(best - nearest.Distance[cell]) > 1e-3)
                    return false;
                int head = nearest.Head[cell];
                if (Math.Abs(Math.Sqrt(Math.Pow(x[head] - cx, 2) + Math.Pow(y[head] - cy, 2)) - best) > 1e-3)
                    return false;
            }
            return true;
        });

    [Fact]
    public void Of_NoHeads_MarksEveryCell() =>
        Assert.All(NearestHeads.Of(new Crop([], 64, [], [], []), 2).Head, head => Assert.Equal(-1, head));
}
