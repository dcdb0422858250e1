using System.Globalization;
using HeadCount.Annotations;
using HeadCount.Evaluation;
using HeadCount.Imaging;

namespace HeadCount.Drawing;

/// <summary>Marks heads in a picture, to check a count by eye. Marks are smaller where heads are close.</summary>
public static class Overlay
{
    private static readonly Rgb Yellow = new(255, 214, 10);

    // Sky blue, vermilion and yellow of Okabe and Ito's palette for colour-blind readers, the second lighter.
    private static readonly Rgb HitColor = new(86, 180, 233), MissColor = new(255, 107, 26),
        FalseAlarmColor = new(240, 228, 66);

    /// <summary>Draws a ring around every head (a dot where they are dense) and the count in the upper left
    /// corner.</summary>
    /// <param name="picture">The picture; not changed.</param>
    /// <param name="heads">Heads in its coordinates; those outside its frame are counted and not seen.</param>
    /// <returns>A new picture of the same size.</returns>
    /// <exception cref="ArgumentException">A coordinate is not finite.</exception>
    public static RgbImage Draw(RgbImage picture, IReadOnlyList<HeadPoint> heads)
    {
        ArgumentNullException.ThrowIfNull(heads);
        Canvas canvas = CopyOf(picture);
        double unit = Unit(picture);
        var marks = Marks(heads, unit, smallest: 1.2).Select(mark =>
            // Rings this small would hide the heads instead of pointing at them.
            mark.Radius < 3.2 * unit
                ? new Mark(Shape.Dot, mark.X, mark.Y, .8 * mark.Radius, Yellow)
                : new Mark(Shape.Ring, mark.X, mark.Y, mark.Radius, Yellow));
        Paint(canvas, [.. marks], unit);
        Badge(canvas, unit, [(null, heads.Count)]);
        return canvas.Image;
    }

    /// <summary>
    /// Draws detections beside the truth: a blue ring at every detection that is matched (<see cref="PointMatcher"/>),
    /// an orange cross at every head that was missed, a yellow triangle at every false alarm; how many there are of
    /// each in the upper left corner.
    /// </summary>
    /// <param name="picture">The picture; not changed.</param>
    /// <param name="truth">True heads in its coordinates.</param>
    /// <param name="predictions">Detected heads in its coordinates.</param>
    /// <param name="radius">Largest distance of a match in pixels, 0 or more, inclusive.</param>
    /// <returns>A new picture of the same size.</returns>
    /// <exception cref="ArgumentException">The radius is negative, or a number is not finite.</exception>
    public static RgbImage DrawComparison(RgbImage picture, IReadOnlyList<HeadPoint> truth,
        IReadOnlyList<HeadPoint> predictions, double radius)
    {
        IReadOnlyList<PointPair> pairs = PointMatcher.Match(truth, predictions, radius);
        HashSet<int> found = [.. pairs.Select(pair => pair.Truth)], right = [.. pairs.Select(pair => pair.Prediction)];
        HeadPoint[] hits = [.. predictions.Where((_, i) => right.Contains(i))];
        HeadPoint[] falseAlarms = [.. predictions.Where((_, i) => !right.Contains(i))];
        HeadPoint[] misses = [.. truth.Where((_, i) => !found.Contains(i))];

        Canvas canvas = CopyOf(picture);
        double unit = Unit(picture);
        HeadPoint[] all = [.. hits, .. falseAlarms, .. misses];
        var marks = Marks(all, unit, smallest: 3).Select((mark, i) =>
            i < hits.Length ? new Mark(Shape.Ring, mark.X, mark.Y, mark.Radius, HitColor)
            : i < predictions.Count ? new Mark(Shape.Triangle, mark.X, mark.Y, mark.Radius, FalseAlarmColor)
            : new Mark(Shape.Cross, mark.X, mark.Y, mark.Radius, MissColor));
        Paint(canvas, [.. marks], unit);
        Badge(canvas, unit, [(new(Shape.Ring, 0, 0, 0, HitColor), hits.Length),
            (new(Shape.Cross, 0, 0, 0, MissColor), misses.Length),
            (new(Shape.Triangle, 0, 0, 0, FalseAlarmColor), falseAlarms.Length)]);
        return canvas.Image;
    }

    private enum Shape
    {
        Dot,
        Ring,
        Cross,
        Triangle,
    }

    private sealed record Mark(Shape Shape, double X, double Y, double Radius, Rgb Color);

    /// <summary>What is one pixel of a 1024×768 photograph: lines and letters grow with the picture.</summary>
    internal static double Unit(RgbImage picture) => Math.Max(Math.Min(picture.Width, picture.Height) / 768.0, .5);

    private static Canvas CopyOf(RgbImage picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        return new Canvas(new RgbImage(picture.Width, picture.Height, (byte[])picture.Pixels.Clone()));
    }

    private static IEnumerable<(double X, double Y, double Radius)> Marks(
        IReadOnlyList<HeadPoint> heads, double unit, double smallest)
    {
        const double Largest = 11, ShareOfSpacing = .36;
        double[] spacing = HeadSpacing.Of(heads, Largest / ShareOfSpacing * unit);
        return heads.Zip(spacing, (head, apart) =>
            (head.X, head.Y, Math.Max(ShareOfSpacing * apart, smallest * unit)));
    }

    // All outlines lie under all marks, so that no mark hides another.
    private static void Paint(Canvas canvas, IReadOnlyList<Mark> marks, double unit)
    {
        foreach (Mark mark in marks)
            Paint(canvas, mark, LineWidth(mark) + 2 * Math.Min(unit, .45 * mark.Radius), Rgb.Dark, .8);
        foreach (Mark mark in marks)
            Paint(canvas, mark, LineWidth(mark), mark.Color, 1);

        double LineWidth(Mark mark) => Math.Clamp(.3 * mark.Radius, 1.2 * unit, 2.2 * unit);
    }

    private static void Paint(Canvas canvas, Mark mark, double width, Rgb color, double alpha)
    {
        (Shape shape, double x, double y, double r, _) = mark;
        switch (shape)
        {
            case Shape.Dot:
                canvas.Disc(x, y, r / 2 + width / 2, color, alpha);
                break;
            case Shape.Ring:
                canvas.Ring(x, y, r, width, color, alpha);
                break;
            case Shape.Cross:
                double arm = .8 * r;
                canvas.Line([(x - arm, y - arm), (x + arm, y + arm)], width, color, alpha);
                canvas.Line([(x - arm, y + arm), (x + arm, y - arm)], width, color, alpha);
                break;
            default:
                double side = .95 * r, down = .6 * r;
                canvas.Line([(x, y - 1.1 * r), (x + side, y + down), (x - side, y + down), (x, y - 1.1 * r)],
                    width, color, alpha);
                break;
        }
    }

    private static void Badge(Canvas canvas, double unit, (Mark? Symbol, int Count)[] entries)
    {
        double height = 30 * unit, padding = 14 * unit, symbol = 12 * unit, gap = 10 * unit;
        string[] texts = [.. entries.Select(e => e.Count.ToString(CultureInfo.InvariantCulture))];
        double width = 2 * padding + (entries.Length - 1) * 2.4 * gap;
        for (int i = 0; i < entries.Length; i++)
            width += Lettering.Width(texts[i], height) + (entries[i].Symbol is null ? 0 : 2 * symbol + gap);
        double x = 12 * unit, y = 12 * unit;
        canvas.Panel(x, y, width, height + 2 * padding, 10 * unit, Rgb.Dark, .78);
        x += padding;
        y += padding;
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries[i].Symbol is Mark mark)
            {
                Mark placed = mark with { X = x + symbol, Y = y + height / 2, Radius = symbol };
                Paint(canvas, placed, 4 * unit, mark.Color, 1);
                x += 2 * symbol + gap;
            }
            Lettering.Draw(canvas, texts[i], x, y, height, Rgb.White);
            x += Lettering.Width(texts[i], height) + 2.4 * gap;
        }
    }
}
