using HeadCount.Imaging;

namespace HeadCount.Drawing;

/// <summary>A colour, 8-bit sRGB.</summary>
internal readonly record struct Rgb(byte R, byte G, byte B)
{
    /// <summary>Outlines and what letters stand on.</summary>
    internal static readonly Rgb Dark = new(16, 20, 24);

    /// <summary>Letters.</summary>
    internal static readonly Rgb White = new(255, 255, 255);
}

/// <summary>Paints smooth-edged shapes into a picture. A shape is the distance of a point from its edge, negative
/// inside; a pixel is covered by as much of it as lies within half a pixel of the edge. What lies outside the picture
/// is cut off.</summary>
internal sealed class Canvas(RgbImage image)
{
    internal RgbImage Image => image;

    internal void Disc(double x, double y, double radius, Rgb color, double alpha = 1) =>
        Paint(x - radius, y - radius, x + radius, y + radius,
            (px, py) => Length(px - x, py - y) - radius, color, alpha);

    /// <summary>A circle; <paramref name="radius"/> is that of its middle line.</summary>
    internal void Ring(double x, double y, double radius, double width, Rgb color, double alpha = 1)
    {
        double reach = radius + width / 2;
        Paint(x - reach, y - reach, x + reach, y + reach,
            (px, py) => Math.Abs(Length(px - x, py - y) - radius) - width / 2, color, alpha);
    }

    /// <summary>A line through points, with round ends and corners.</summary>
    internal void Line(ReadOnlySpan<(double X, double Y)> points, double width, Rgb color, double alpha = 1)
    {
        (double X, double Y)[] all = points.ToArray();
        double reach = width / 2;
        Paint(all.Min(p => p.X) - reach, all.Min(p => p.Y) - reach, all.Max(p => p.X) + reach,
            all.Max(p => p.Y) + reach, Distance, color, alpha);

        double Distance(double px, double py)
        {
            double nearest = double.PositiveInfinity;
            for (int i = 1; i < all.Length; i++)
            {
                (double X, double Y) from = all[i - 1];
                double dx = all[i].X - from.X, dy = all[i].Y - from.Y;
                double along = ((px - from.X) * dx + (py - from.Y) * dy) / Math.Max(dx * dx + dy * dy, 1e-12);
                along = Math.Clamp(along, 0, 1);
                nearest = Math.Min(nearest, Length(px - from.X - along * dx, py - from.Y - along * dy));
            }
            return nearest - reach;
        }
    }

    /// <summary>A filled rectangle with rounded corners.</summary>
    internal void Panel(double x, double y, double width, double height, double corner, Rgb color, double alpha = 1)
    {
        double middleX = x + width / 2, middleY = y + height / 2;
        Paint(x, y, x + width, y + height, (px, py) =>
        {
            double dx = Math.Abs(px - middleX) - width / 2 + corner, dy = Math.Abs(py - middleY) - height / 2 + corner;
            return Length(Math.Max(dx, 0), Math.Max(dy, 0)) + Math.Min(Math.Max(dx, dy), 0) - corner;
        }, color, alpha);
    }

    private static double Length(double x, double y) => Math.Sqrt(x * x + y * y);

    private void Paint(double left, double top, double right, double bottom, Func<double, double, double> distance,
        Rgb color, double alpha)
    {
        int firstX = (int)Math.Clamp(left - .5, 0, image.Width), endX = (int)Math.Clamp(right + 1.5, 0, image.Width);
        int firstY = (int)Math.Clamp(top - .5, 0, image.Height), endY = (int)Math.Clamp(bottom + 1.5, 0, image.Height);
        for (int y = firstY; y < endY; y++)
        {
            Span<byte> row = image.Pixels.AsSpan(3 * y * image.Width, 3 * image.Width);
            for (int x = firstX; x < endX; x++)
            {
                double coverage = alpha * Math.Clamp(.5 - distance(x + .5, y + .5), 0, 1);
                if (coverage <= 0)
                    continue;
                Span<byte> pixel = row.Slice(3 * x, 3);
                pixel[0] = Mix(pixel[0], color.R, coverage);
                pixel[1] = Mix(pixel[1], color.G, coverage);
                pixel[2] = Mix(pixel[2], color.B, coverage);
            }
        }
    }

    internal static byte Mix(double under, double over, double share) => (byte)(under + (over - under) * share + .5);
}
