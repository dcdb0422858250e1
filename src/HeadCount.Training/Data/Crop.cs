namespace HeadCount.Training.Data;

/// <summary>One training example: a square of pixels and the heads in it.</summary>
/// <param name="Pixels">Size × Size × 3 bytes, RGB, interleaved.</param>
/// <param name="Size">Side in pixels.</param>
/// <param name="X">Columns of the heads, in [0, Size).</param>
/// <param name="Y">Rows of the heads, in [0, Size).</param>
/// <param name="Spacing">Mean distance to the three nearest heads of the whole picture, in this crop's pixels.</param>
/// <param name="IsComplete">Whether every head in it is annotated; else the rest of it is unknown.</param>
internal sealed record Crop(byte[] Pixels, int Size, float[] X, float[] Y, float[] Spacing, bool IsComplete = true)
{
    /// <summary>A random crop of the picture, changed as the augmentation says. The same random state gives the same crop.</summary>
    internal static Crop Cut(TrainingPicture picture, int size, Augmentation augmentation, Random random)
    {
        int width = picture.Width, height = picture.Height;
        double scale = Scale(augmentation, random);
        double stretch = Math.Exp(double.Lerp(-0.5, 0.5, random.NextDouble()) * Math.Log(augmentation.AspectRatio));
        double across = Math.Min(size / scale * stretch, width), down = Math.Min(size / scale / stretch, height);
        // Where the picture is too small for one side, the other follows.
        across = Math.Min(across, down * augmentation.AspectRatio);
        down = Math.Min(down, across * augmentation.AspectRatio);
        double left, top;
        if (picture.Count > 0 && random.NextDouble() < augmentation.NearHead)
        {
            int head = random.Next(picture.Count);
            left = picture.X[head] - across * double.Lerp(0.1, 0.9, random.NextDouble());
            top = picture.Y[head] - down * double.Lerp(0.1, 0.9, random.NextDouble());
        }
        else
        {
            left = random.NextDouble() * (width - across);
            top = random.NextDouble() * (height - down);
        }
        left = Math.Clamp(left, 0, width - across);
        top = Math.Clamp(top, 0, height - down);

        byte[] pixels = Resampling.Square(picture.Pixels(), left, top, across, down, size);
        bool mirror = random.NextDouble() < 0.5;
        if (mirror)
            Mirror(pixels, size);
        if (random.NextDouble() < augmentation.Blur)
            pixels = Photometry.Blur(pixels, size, double.Lerp(0.4, 1.4, random.NextDouble()));
        bool grey = random.NextDouble() < augmentation.Grey;
        Photometry.Saturate(pixels, grey ? 0 : double.Lerp(0.5, 1.5, random.NextDouble()));
        Photometry.Tone(pixels, random, grey);
        if (random.NextDouble() < augmentation.Noise)
            Photometry.Noise(pixels, double.Lerp(2, 14, random.NextDouble()), random);
        if (random.NextDouble() < augmentation.Jpeg)
            pixels = Photometry.Jpeg(pixels, size, random.Next(25, 86));

        float scaleX = (float)(size / across), scaleY = (float)(size / down), limit = size - 1e-3f;
        var x = new List<float>();
        var y = new List<float>();
        var spacing = new List<float>();
        for (int i = 0; i < picture.Count; i++)
        {
            float cx = (float)(picture.X[i] - left) * scaleX, cy = (float)(picture.Y[i] - top) * scaleY;
            if (cx < 0 || cy < 0 || cx >= size || cy >= size)
                continue;
            x.Add(mirror ? Math.Clamp(size - cx, 0, limit) : Math.Min(cx, limit));
            y.Add(Math.Min(cy, limit));
            spacing.Add(picture.Spacing[i] * MathF.Sqrt(scaleX * scaleY));
        }
        return new Crop(pixels, size, [.. x], [.. y], [.. spacing], picture.IsComplete);
    }

    private static double Scale(Augmentation augmentation, Random random)
    {
        double draw = random.NextDouble() * augmentation.Scales.Sum(range => range.Weight);
        ScaleRange chosen = augmentation.Scales.FirstOrDefault(range => (draw -= range.Weight) < 0) ?? augmentation.Scales[^1];
        return Math.Exp(double.Lerp(Math.Log(chosen.Smallest), Math.Log(chosen.Largest), random.NextDouble()));
    }

    private static void Mirror(byte[] pixels, int size)
    {
        for (int row = 0; row < size; row++)
        {
            Span<byte> line = pixels.AsSpan(row * size * 3, size * 3);
            for (int a = 0, b = (size - 1) * 3; a < b; a += 3, b -= 3)
            {
                for (int channel = 0; channel < 3; channel++)
                    (line[a + channel], line[b + channel]) = (line[b + channel], line[a + channel]);
            }
        }
    }
}
