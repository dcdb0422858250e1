using System.Globalization;
using HeadCount.Annotations;
using HeadCount.Evaluation;
using HeadCount.Imaging;
using HeadCount.Inference;
using NetVips;

namespace HeadCount.Benchmarks;

/// <summary>The photographs of a list as a larger camera would have taken them, less its sharpness: does the count stay?</summary>
internal static class Enlarged
{
    private static readonly double[] Sizes = [1, 1.5, 2, 3, 4, 6];

    /// <summary>Every sixth picture of the list.</summary>
    private const int Every = 6;

    internal static int Run(string folder, string list, string model)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        AnnotatedImage[] images = [.. Dataset.Load(folder, list).Images.Where((_, i) => i % Every == 0)];
        using HeadModel network = HeadModel.Load(model);
        var counter = new HeadCounter(network, new CountOptions { Quality = CountQuality.Fast });
        Console.WriteLine($"{images.Length} pictures of {list}, {model}, fast; radii in pixels of the pictures as they are");
        Console.WriteLine("size   heads   found    MAE  F1@4  F1@8  seconds");
        foreach (double size in Sizes)
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            TimeSpan resizing = TimeSpan.Zero;
            PictureScore[] scores = [.. images.Select(image =>
            {
                TimeSpan before = clock.Elapsed;
                RgbImage pixels = Enlarge(Picture.Load(image.ImagePath), size);
                resizing += clock.Elapsed - before;
                HeadPoint[] heads = [.. counter.Count(pixels).Heads
                    .Select(head => head with { X = head.X / size, Y = head.Y / size })];
                return PictureScore.Of(new EvaluatedImage(image.Name, image.Heads, heads), [4, 8]);
            })];
            CountingErrors counting = CountingErrors.Of(scores.Select(score => (score.Truth, (double)score.Predicted)));
            double F1(double radius) => Metric.Sum(scores, radius).F1;
            Console.WriteLine($"{size,4}  {scores.Sum(s => s.Truth),6}  {scores.Sum(s => s.Predicted),6} {counting.Mae,6:f1}  {F1(4):f3} {F1(8):f3}  {(clock.Elapsed - resizing).TotalSeconds,6:f1}");
        }
        return 0;
    }

    private static RgbImage Enlarge(RgbImage image, double size)
    {
        using var original = Image.NewFromMemory(image.Pixels, image.Width, image.Height, 3, Enums.BandFormat.Uchar);
        using Image larger = original.Resize(size);
        return new RgbImage(larger.Width, larger.Height, larger.WriteToMemory<byte>());
    }
}
