using System.Globalization;
using HeadCount.Annotations;
using HeadCount.Evaluation;
using HeadCount.Imaging;
using HeadCount.Inference;
using NetVips;

namespace HeadCount.Benchmarks;

/// <summary>The photographs of a list as a larger or a nearer camera would have taken them, less its sharpness: does the count
/// stay?</summary>
internal static class Enlarged
{
    /// <summary>Pixels of a picture taken from near, at most.</summary>
    private const int NearWidth = 1200, NearHeight = 900;

    /// <summary>Every sixth picture whole, at one look.</summary>
    internal static int Whole(string folder, string list, string model) => Run(folder, list, model, CountQuality.Fast,
        [1, 1.5, 2, 3, 4, 6], every: 6, (image, _) => (image.Heads, Picture.Load(image.ImagePath), 0, 0));

    /// <summary>The surroundings of every picture's loneliest head, at the default quality.</summary>
    internal static int Near(string folder, string list, string model) =>
        Run(folder, list, model, CountQuality.Balanced, [2, 3, 4, 6], every: 1, Surroundings);

    private static int Run(string folder, string list, string model, CountQuality quality, double[] sizes, int every,
        Func<AnnotatedImage, double, (IReadOnlyList<HeadPoint> Heads, RgbImage Pixels, int Left, int Top)> part)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        AnnotatedImage[] images = [.. Dataset.Load(folder, list).Images.Where((_, i) => i % every == 0)];
        using HeadModel network = HeadModel.Load(model);
        var counter = new HeadCounter(network, new CountOptions { Quality = quality });
        Console.WriteLine($"{images.Length} pictures of {list}, {model}, {quality}; radii in pixels of the pictures as they are");
        Console.WriteLine("size   heads   found    MAE  F1@4  F1@8  seconds");
        foreach (double size in sizes)
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            TimeSpan resizing = TimeSpan.Zero;
            PictureScore[] scores = [.. images.Select(image =>
            {
                TimeSpan before = clock.Elapsed;
                (IReadOnlyList<HeadPoint> truth, RgbImage original, int left, int top) = part(image, size);
                RgbImage pixels = Enlarge(original, size);
                resizing += clock.Elapsed - before;
                HeadPoint[] heads = [.. counter.Count(pixels).Heads
                    .Select(head => head with { X = left + head.X / size, Y = top + head.Y / size })];
                return PictureScore.Of(new EvaluatedImage(image.Name, truth, heads), [4, 8]);
            })];
            CountingErrors counting = CountingErrors.Of(scores.Select(score => (score.Truth, (double)score.Predicted)));
            double F1(double radius) => Metric.Sum(scores, radius).F1;
            Console.WriteLine($"{size,4}  {scores.Sum(s => s.Truth),6}  {scores.Sum(s => s.Predicted),6} {counting.Mae,6:f1}  {F1(4):f3} {F1(8):f3}  {(clock.Elapsed - resizing).TotalSeconds,6:f1}");
        }
        return 0;
    }

    private static (IReadOnlyList<HeadPoint>, RgbImage, int, int) Surroundings(AnnotatedImage image, double size)
    {
        RgbImage whole = Picture.Load(image.ImagePath);
        (int width, int height) = (Math.Min((int)(NearWidth / size), whole.Width), Math.Min((int)(NearHeight / size), whole.Height));
        double Distance(HeadPoint a, HeadPoint b) => Math.Sqrt((a.X - b.X) * (a.X - b.X) + (a.Y - b.Y) * (a.Y - b.Y));
        HeadPoint middle = image.Heads.Count == 0 ? new HeadPoint(whole.Width / 2.0, whole.Height / 2.0)
            : image.Heads.MaxBy(head => image.Heads.Where(other => other != head)
                .Select(other => Distance(head, other)).DefaultIfEmpty(double.MaxValue).Min());
        int left = (int)Math.Clamp(middle.X - width / 2.0, 0, whole.Width - width);
        int top = (int)Math.Clamp(middle.Y - height / 2.0, 0, whole.Height - height);
        var part = new RgbImage(width, height);
        for (int y = 0; y < height; y++)
            whole.Pixels.AsSpan(3 * ((top + y) * whole.Width + left), 3 * width).CopyTo(part.Pixels.AsSpan(3 * y * width));
        HeadPoint[] inside = [.. image.Heads.Where(head =>
            head.X >= left && head.X < left + width && head.Y >= top && head.Y < top + height)];
        return (inside, part, left, top);
    }

    private static RgbImage Enlarge(RgbImage image, double size)
    {
        using var original = Image.NewFromMemory(image.Pixels, image.Width, image.Height, 3, Enums.BandFormat.Uchar);
        using Image larger = original.Resize(size);
        return new RgbImage(larger.Width, larger.Height, larger.WriteToMemory<byte>());
    }
}
