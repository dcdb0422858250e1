using System.Globalization;
using HeadCount.Annotations;
using HeadCount.Imaging;
using HeadCount.Inference;

namespace HeadCount.Drawing;

/// <summary>Shows where a crowd is dense: density as colour over the picture in grey.</summary>
public static class HeatMap
{
    // Even steps of lightness, which colour-blind readers see as well: values of matplotlib's colour map inferno (CC0)
    // at 1/8, 2/8, … 1. What is darker would be lost on dark pictures.
    private static readonly Rgb[] Anchors =
    [
        new(31, 12, 72), new(85, 15, 109), new(136, 34, 106), new(186, 54, 85), new(227, 89, 51),
        new(249, 140, 10), new(249, 201, 50), new(252, 255, 164),
    ];

    // Colour and opacity of levels from 0 to 1, finer than eyes tell apart.
    private static readonly (Rgb Color, float Share)[] Steps =
        [.. Enumerable.Range(0, 1024).Select(i => (Ramp(i / 1023.0), Opacity(i / 1023.0)))];

    /// <summary>
    /// Smooths the density over a 64th of the shorter side and lays it over the picture in grey; nothing is laid where
    /// nobody is. Colours go with the square root of density, or a single dense corner would leave the rest dark. The
    /// bar at the right goes from none to the greatest density in the picture; its numbers say heads per 100×100 pixels
    /// of the picture that was counted.
    /// </summary>
    /// <param name="picture">The picture, or a reduced copy of it; not changed.</param>
    /// <param name="density">Its density map.</param>
    /// <returns>A new picture of the same size.</returns>
    public static RgbImage Draw(RgbImage picture, DensityMap density)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(density);
        var image = new RgbImage(picture.Width, picture.Height);
        float most = Paint(picture.Width, picture.Height, density, (pixel, color, share) =>
        {
            ReadOnlySpan<byte> from = picture.Pixels.AsSpan(3 * pixel, 3);
            Span<byte> to = image.Pixels.AsSpan(3 * pixel, 3);
            // Luma of Rec. 601; darker than the picture, so that colours stand out.
            float grey = .75f * (.299f * from[0] + .587f * from[1] + .114f * from[2]);
            to[0] = (byte)(grey + (color.R - grey) * share + .5f);
            to[1] = (byte)(grey + (color.G - grey) * share + .5f);
            to[2] = (byte)(grey + (color.B - grey) * share + .5f);
        });
        DrawBar(new Canvas(image), most * 1e4);
        return image;
    }

    /// <summary>The colours of <see cref="Draw"/> alone, as a PNG that is transparent where nobody is: to be stretched over
    /// the picture.</summary>
    /// <param name="width">Columns of the PNG, at least 1.</param>
    /// <param name="height">Rows of the PNG, at least 1.</param>
    /// <param name="density">The picture's density map.</param>
    public static byte[] EncodeLayer(int width, int height, DensityMap density)
    {
        ArgumentNullException.ThrowIfNull(density);
        var pixels = new byte[checked(4 * width * height)];
        Paint(width, height, density, (pixel, color, share) =>
            (pixels[4 * pixel], pixels[4 * pixel + 1], pixels[4 * pixel + 2], pixels[4 * pixel + 3]) =
                (color.R, color.G, color.B, (byte)(255 * share + .5f)));
        return PictureWriter.EncodePng(pixels, width, height);
    }

    // Gives every pixel's colour and opacity; returns the greatest density, heads per square pixel.
    private static float Paint(int width, int height, DensityMap density, Action<int, Rgb, float> put)
    {
        SmoothDensity smooth = SmoothDensity.Of(density);
        double scaleX = (double)density.PictureWidth / width, scaleY = (double)density.PictureHeight / height;
        float most = smooth.Most > 0 ? smooth.Most : 1;
        var columns = new (int Left, float Share)[width];
        for (int x = 0; x < columns.Length; x++)
            columns[x] = SmoothDensity.Place((x + .5) * scaleX / smooth.Cell, smooth.Width);
        for (int y = 0; y < height; y++)
        {
            (int top, float below) = SmoothDensity.Place((y + .5) * scaleY / smooth.Cell, smooth.Height);
            for (int x = 0; x < width; x++)
            {
                (int left, float right) = columns[x];
                float level = MathF.Sqrt(smooth.At(left, right, top, below) / most);
                (Rgb color, float share) = Steps[(int)(level * (Steps.Length - 1))];
                put(y * width + x, color, share);
            }
        }
        return smooth.Most;
    }

    /// <summary>
    /// The density that head points stand for, for models without one: a Gaussian at every head, as wide as 0.3 of the
    /// mean distance to its three nearest neighbours (the geometry-adaptive kernel of Zhang et al., CVPR 2016), at most
    /// a 32nd of the shorter side.
    /// </summary>
    /// <param name="width">Columns of the picture, at least 1.</param>
    /// <param name="height">Rows of the picture, at least 1.</param>
    /// <param name="heads">Heads in its coordinates; those outside the frame are taken as on its border.</param>
    /// <returns>A map whose sum is the number of heads.</returns>
    /// <exception cref="ArgumentException">A side is below 1, or a coordinate is not finite.</exception>
    public static DensityMap FromHeads(int width, int height, IReadOnlyList<HeadPoint> heads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentNullException.ThrowIfNull(heads);
        double shorter = Math.Min(width, height);
        // Cells four times as fine as the smoothing of the drawing.
        var map = new DensityMap(width, height, Math.Max(1, (int)(shorter / 256)));
        const double Share = .3;
        double[] spacing = HeadSpacing.Of(heads, Math.Max(shorter / 32 / Share, 1));
        for (int i = 0; i < heads.Count; i++)
        {
            double sigma = Math.Max(Share * spacing[i] / map.Stride, .5);
            (int left, double[] across) = Bell(Math.Clamp(heads[i].X, 0, width) / map.Stride, sigma, map.Width);
            (int top, double[] down) = Bell(Math.Clamp(heads[i].Y, 0, height) / map.Stride, sigma, map.Height);
            for (int row = 0; row < down.Length; row++)
                for (int column = 0; column < across.Length; column++)
                    map.Values[(top + row) * map.Width + left + column] += (float)(down[row] * across[column]);
        }
        return map;
    }

    // A Gaussian's weights for the cells within three sigma, their sum 1 also where the border cuts it.
    private static (int First, double[] Weights) Bell(double centre, double sigma, int cells)
    {
        int first = Math.Clamp((int)(centre - 3 * sigma), 0, cells - 1);
        int last = Math.Clamp((int)(centre + 3 * sigma), first, cells - 1);
        var weights = new double[last - first + 1];
        for (int i = 0; i < weights.Length; i++)
        {
            double off = (first + i + .5 - centre) / sigma;
            weights[i] = Math.Exp(-off * off / 2);
        }
        double sum = weights.Sum();
        for (int i = 0; i < weights.Length; i++)
            weights[i] /= sum;
        return (first, weights);
    }

    /// <summary>The colour of a level, 0 to 1.</summary>
    internal static Rgb Ramp(double level)
    {
        double place = Math.Clamp(level, 0, 1) * (Anchors.Length - 1);
        int i = Math.Min((int)place, Anchors.Length - 2);
        (Rgb from, Rgb to) = (Anchors[i], Anchors[i + 1]);
        double share = place - i;
        return new Rgb(Mix(from.R, to.R), Mix(from.G, to.G), Mix(from.B, to.B));

        byte Mix(byte under, byte over) => Canvas.Mix(under, over, share);
    }

    // The picture shows through where there are few, and a little everywhere.
    private static float Opacity(double level) => (float)(.8 * Math.Clamp((level - .04) / .3, 0, 1));

    private static void DrawBar(Canvas canvas, double most)
    {
        double unit = Overlay.Unit(canvas.Image), text = 16 * unit, padding = 12 * unit, barWidth = 18 * unit;
        double barHeight = Math.Min(220 * unit, canvas.Image.Height / 2.0);
        const string unitName = "/100×100 px";
        // At the top, the middle and the foot of a square root's scale.
        string[] labels = [TwoDigits(most), TwoDigits(most / 4), "0"];
        double inner = Math.Max(Lettering.Width(unitName, text),
            barWidth + text / 2 + labels.Max(label => Lettering.Width(label, text)));
        double height = barHeight + 4 * padding + text;
        double left = canvas.Image.Width - 12 * unit - inner - 2 * padding;
        double top = canvas.Image.Height - 12 * unit - height;
        canvas.Panel(left, top, inner + 2 * padding, height, 10 * unit, Rgb.Dark, .78);
        left += padding;
        top += padding;
        Lettering.Draw(canvas, unitName, left, top, text, Rgb.White);
        top += text + padding * 1.5;
        for (double y = 0; y < barHeight; y++)
            canvas.Panel(left, top + y, barWidth, 1.5, 0, Ramp(1 - y / barHeight));
        for (int i = 0; i < labels.Length; i++)
        {
            Lettering.Draw(canvas, labels[i], left + barWidth + text / 2, top + (barHeight - text) / 2 * i, text,
                Rgb.White);
        }
    }

    private static string TwoDigits(double value)
    {
        int decimals = value > 0 ? Math.Clamp(1 - (int)Math.Floor(Math.Log10(value)), 0, 4) : 0;
        return value.ToString($"F{decimals}", CultureInfo.InvariantCulture);
    }

    /// <summary>Heads per square pixel on a grid fine enough for the smoothing.</summary>
    private sealed class SmoothDensity
    {
        private readonly float[] _values;

        private SmoothDensity(int cell, int width, int height, float[] values)
        {
            (Cell, Width, Height, _values) = (cell, width, height, values);
            Most = values.Max();
        }

        /// <summary>Pixels of a cell's side.</summary>
        internal int Cell { get; }

        internal int Width { get; }

        internal int Height { get; }

        internal float Most { get; }

        internal static SmoothDensity Of(DensityMap density)
        {
            double sigma = Math.Min(density.PictureWidth, density.PictureHeight) / 64.0;
            // Four cells to a sigma are enough to draw from, however fine the map is.
            int joined = Math.Max(1, (int)(sigma / 4 / density.Stride));
            int cell = joined * density.Stride;
            int width = (density.Width + joined - 1) / joined, height = (density.Height + joined - 1) / joined;
            var heads = new float[width * height];
            for (int y = 0; y < density.Height; y++)
                for (int x = 0; x < density.Width; x++)
                    heads[y / joined * width + x / joined] += density.Values[y * density.Width + x];
            // Divided by the area that was smoothed alike, the border is as bright as the middle.
            var area = new float[width * height];
            for (int y = 0; y < height; y++)
                for (int x = 0; x < width; x++)
                    area[y * width + x] = (float)Math.Min(cell, density.PictureWidth - x * cell)
                        * Math.Min(cell, density.PictureHeight - y * cell);
            Blur(heads, width, height, sigma / cell);
            Blur(area, width, height, sigma / cell);
            for (int i = 0; i < heads.Length; i++)
                heads[i] = Math.Max(heads[i], 0) / area[i];
            return new SmoothDensity(cell, width, height, heads);
        }

        /// <summary>The cell at or before a place and the share of the next one.</summary>
        internal static (int Cell, float Share) Place(double cells, int count)
        {
            double place = Math.Clamp(cells - .5, 0, count - 1);
            int cell = Math.Min((int)place, Math.Max(count - 2, 0));
            return (cell, (float)(place - cell));
        }

        internal float At(int left, float right, int top, float below)
        {
            int i = top * Width + left;
            int next = Width > 1 ? 1 : 0, under = Height > 1 ? Width : 0;
            float above = _values[i] + (_values[i + next] - _values[i]) * right;
            float lower = _values[i + under] + (_values[i + under + next] - _values[i + under]) * right;
            return above + (lower - above) * below;
        }

        private static void Blur(float[] values, int width, int height, double sigma)
        {
            for (int y = 0; y < height; y++)
                BlurLine(values, y * width, 1, width, sigma);
            for (int x = 0; x < width; x++)
                BlurLine(values, x, width, height, sigma);
        }

        private static void BlurLine(float[] values, int start, int step, int count, double sigma)
        {
            int reach = (int)Math.Ceiling(3 * sigma);
            var weights = new float[reach + 1];
            for (int i = 0; i <= reach; i++)
                weights[i] = (float)Math.Exp(-i * i / (2 * sigma * sigma));
            var line = new float[count];
            for (int i = 0; i < count; i++)
                line[i] = values[start + i * step];
            for (int i = 0; i < count; i++)
            {
                float sum = 0;
                for (int j = Math.Max(i - reach, 0); j <= Math.Min(i + reach, count - 1); j++)
                    sum += line[j] * weights[Math.Abs(i - j)];
                values[start + i * step] = sum;
            }
        }
    }
}
