using HeadCount.Annotations;
using HeadCount.Imaging;

namespace HeadCount.Training.Data;

/// <summary>A picture, its heads inside the frame, and how densely they stand.</summary>
internal sealed class TrainingPicture
{
    /// <summary>The spacing of a picture's heads when there are fewer than <see cref="Neighbours"/> + 1, in pixels.</summary>
    private const float LonelySpacing = 60;

    private const int Neighbours = 3;

    private readonly string? _path;
    private readonly RgbImage? _image;

    /// <summary>A picture in memory.</summary>
    internal TrainingPicture(RgbImage image, IEnumerable<HeadPoint> heads)
        : this(image.Width, image.Height, heads) => _image = image;

    private TrainingPicture(string path, int width, int height, IEnumerable<HeadPoint> heads)
        : this(width, height, heads) => _path = path;

    private TrainingPicture(int width, int height, IEnumerable<HeadPoint> heads)
    {
        (Width, Height) = (width, height);
        var inside = heads.Where(h => h.X >= 0 && h.Y >= 0 && h.X < width && h.Y < height).ToArray();
        X = [.. inside.Select(h => (float)h.X)];
        Y = [.. inside.Select(h => (float)h.Y)];
        Spacing = MeanNeighbourDistances(X, Y);
    }

    /// <summary>A picture of a dataset, decoded now where there is room for it.</summary>
    /// <exception cref="PictureException">It cannot be read.</exception>
    internal static TrainingPicture Read(AnnotatedImage annotated, PictureMemory memory, bool complete = true)
    {
        using (Picture picture = Picture.Open(annotated.ImagePath))
        {
            if (!memory.Take(3L * picture.Width * picture.Height))
                return new TrainingPicture(annotated.ImagePath, picture.Width, picture.Height, annotated.Heads) { IsComplete = complete };
        }
        return new TrainingPicture(Picture.Load(annotated.ImagePath), annotated.Heads) { IsComplete = complete };
    }

    /// <summary>Whether every head of the picture is annotated.</summary>
    internal bool IsComplete { get; private init; } = true;

    internal int Width { get; }

    internal int Height { get; }

    /// <summary>Whether the pixels are in memory.</summary>
    internal bool IsDecoded => _image is not null;

    /// <summary>The pixels, decoded anew where they are not in memory.</summary>
    /// <exception cref="PictureException">The file cannot be read any more.</exception>
    internal RgbImage Pixels() => _image ?? Picture.Load(_path!);

    /// <summary>Columns of the heads, pixels.</summary>
    internal float[] X { get; }

    /// <summary>Rows of the heads, pixels.</summary>
    internal float[] Y { get; }

    /// <summary>Mean distance of every head to its three nearest neighbours, pixels.</summary>
    internal float[] Spacing { get; }

    internal int Count => X.Length;

    private static float[] MeanNeighbourDistances(float[] x, float[] y)
    {
        var spacing = new float[x.Length];
        if (x.Length <= Neighbours)
        {
            Array.Fill(spacing, LonelySpacing);
            return spacing;
        }
        // Heads in order of x: the search from one outwards ends where the columns alone are too far apart.
        int[] order = [.. Enumerable.Range(0, x.Length).OrderBy(i => x[i])];
        Span<float> nearest = stackalloc float[Neighbours];
        for (int rank = 0; rank < order.Length; rank++)
        {
            nearest.Fill(float.MaxValue);
            float px = x[order[rank]], py = y[order[rank]];
            for (int direction = -1; direction <= 1; direction += 2)
            {
                for (int other = rank + direction; other >= 0 && other < order.Length; other += direction)
                {
                    float dx = x[order[other]] - px, dy = y[order[other]] - py;
                    if (dx * dx >= nearest[^1])
                        break;
                    float squared = dx * dx + dy * dy;
                    for (int slot = 0; slot < Neighbours; slot++)
                    {
                        if (squared < nearest[slot])
                            (squared, nearest[slot]) = (nearest[slot], squared);
                    }
                }
            }
            float sum = 0;
            foreach (float squared in nearest)
                sum += MathF.Sqrt(squared);
            spacing[order[rank]] = sum / Neighbours;
        }
        return spacing;
    }
}
