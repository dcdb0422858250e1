namespace HeadCount.Training.Data;

/// <summary>One training example: a square of pixels and the heads in it.</summary>
/// <param name="Pixels">Size × Size × 3 bytes, RGB, interleaved.</param>
/// <param name="Size">Side in pixels.</param>
/// <param name="X">Columns of the heads, in [0, Size).</param>
/// <param name="Y">Rows of the heads, in [0, Size).</param>
/// <param name="Spacing">Mean distance to the three nearest heads of the whole picture, in this crop's pixels.</param>
internal sealed record Crop(byte[] Pixels, int Size, float[] X, float[] Y, float[] Spacing)
{
    /// <summary>A random crop of the picture, changed as the augmentation says. The same random state gives the same crop.</summary>
    internal static Crop Cut(TrainingPicture picture, int size, Augmentation augmentation, Random random)
    {
        int width = picture.Width, height = picture.Height;
        double logScale = double.Lerp(Math.Log(augmentation.MinScale), Math.Log(augmentation.MaxScale), random.NextDouble());
        double side = Math.Min(size / Math.Exp(logScale), Math.Min(width, height));
        double left, top;
        if (picture.Count > 0 && random.NextDouble() < augmentation.NearHead)
        {
            int head = random.Next(picture.Count);
            left = picture.X[head] - side * double.Lerp(0.1, 0.9, random.NextDouble());
            top = picture.Y[head] - side * double.Lerp(0.1, 0.9, random.NextDouble());
        }
        else
        {
            left = random.NextDouble() * (width - side);
            top = random.NextDouble() * (height - side);
        }
        left = Math.Clamp(left, 0, width - side);
        top = Math.Clamp(top, 0, height - side);

        byte[] pixels = Resampling.Square(picture.Pixels(), left, top, side, size);
        bool mirror = random.NextDouble() < 0.5;
        if (mirror)
            Mirror(pixels, size);
        if (random.NextDouble() < augmentation.Blur)
            pixels = Photometry.Blur(pixels, size, double.Lerp(0.4, 1.2, random.NextDouble()));
        if (random.NextDouble() < augmentation.Grey)
            Photometry.Grey(pixels);
        Photometry.Tone(pixels, random);
        if (random.NextDouble() < augmentation.Noise)
            Photometry.Noise(pixels, double.Lerp(2, 12, random.NextDouble()), random);

        float scale = (float)(size / side), limit = size - 1e-3f;
        var x = new List<float>();
        var y = new List<float>();
        var spacing = new List<float>();
        for (int i = 0; i < picture.Count; i++)
        {
            float cx = (float)(picture.X[i] - left) * scale, cy = (float)(picture.Y[i] - top) * scale;
            if (cx < 0 || cy < 0 || cx >= size || cy >= size)
                continue;
            x.Add(mirror ? Math.Clamp(size - cx, 0, limit) : Math.Min(cx, limit));
            y.Add(Math.Min(cy, limit));
            spacing.Add(picture.Spacing[i] * scale);
        }
        return new Crop(pixels, size, [.. x], [.. y], [.. spacing]);
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
