using System.Numerics;

namespace HeadCount.Synthesis;

/// <summary>Where the light comes from and what colour it has; Direction points to the sun.</summary>
internal readonly record struct Light(Vector3 Direction, Vector3 Sun, Vector3 Ambient, Vector3 Haze, float HazeLength);

/// <summary>The picture while it is painted: colours, and beside them whose body every pixel shows.</summary>
internal sealed class Canvas(int width, int height, Camera camera, Light light)
{
    internal int Width { get; } = width;
    internal int Height { get; } = height;
    internal Camera Camera { get; } = camera;
    internal Light Light { get; } = light;
    internal Vector3[] Colours { get; } = new Vector3[width * height];

    /// <summary>0 for anything but people; 2 n for the body and 2 n + 1 for the head of person n = 1, 2, …</summary>
    internal int[] Owners { get; } = new int[width * height];

    internal Vector3 Hazed(Vector3 colour, float depth) =>
        Vector3.Lerp(Light.Haze, colour, MathF.Exp(-depth / Light.HazeLength));

    /// <summary>The number of pixels that the blob's middle ellipse would cover without frame and occluders.</summary>
    internal float Area(in Blob blob)
    {
        var (l11, _, l22) = Outline(blob, out _, out _);
        return MathF.PI * l11 * l22;
    }

    // The ellipse of pixels that the ellipsoid projects to, as the Cholesky factor of its matrix: with J the camera's
    // gradient and A the half-axes as columns, the ellipse is { J A s : |s| <= 1 } and its matrix J A (J A)^T.
    private (float L11, float L21, float L22) Outline(in Blob blob, out Vector3 rowX, out Vector3 rowY)
    {
        var (gx, gy) = Camera.Gradient((blob.From + blob.To) / 2);
        rowX = blob.Axes * blob.Frame.ToLocal(gx);
        rowY = blob.Axes * blob.Frame.ToLocal(gy);
        float l11 = MathF.Max(rowX.Length(), 1e-4f);
        float l21 = Vector3.Dot(rowX, rowY) / l11;
        float l22 = MathF.Sqrt(MathF.Max(rowY.LengthSquared() - l21 * l21, 1e-8f));
        return (l11, l21, l22);
    }

    /// <summary>Paints one blob over what is there, with soft edges, light and haze.</summary>
    internal void Paint(in Blob blob, int owner = 0)
    {
        Vector3 middle = (blob.From + blob.To) / 2;
        float depth = Camera.Depth(middle), fromDepth = Camera.Depth(blob.From), toDepth = Camera.Depth(blob.To);
        if (MathF.Min(depth, MathF.Min(fromDepth, toDepth)) < 0.3f)
            return;
        var (l11, l21, l22) = Outline(blob, out Vector3 rowX, out Vector3 rowY);
        float r0 = blob.FromScale * depth / fromDepth, r1 = blob.ToScale * depth / toDepth;
        // What is thinner than a pixel is painted a pixel wide and fainter instead.
        float largest = MathF.Max(r0, r1), alpha = 1;
        if (l11 * largest < 0.5f)
        {
            alpha *= l11 * largest / 0.5f;
            l11 = 0.5f / largest;
        }
        if (l22 * largest < 0.5f)
        {
            alpha *= l22 * largest / 0.5f;
            l22 = 0.5f / largest;
        }
        if (alpha < 0.02f)
            return;
        Vector2 from = Camera.Project(blob.From), to = Camera.Project(blob.To);
        float reachX = l11, reachY = MathF.Sqrt(l21 * l21 + l22 * l22);
        int left = (int)MathF.Floor(MathF.Max(0, MathF.Min(from.X - r0 * reachX, to.X - r1 * reachX) - 1));
        int top = (int)MathF.Floor(MathF.Max(0, MathF.Min(from.Y - r0 * reachY, to.Y - r1 * reachY) - 1));
        int right = (int)MathF.Ceiling(MathF.Min(Width, MathF.Max(from.X + r0 * reachX, to.X + r1 * reachX) + 1));
        int bottom = (int)MathF.Ceiling(MathF.Min(Height, MathF.Max(from.Y + r0 * reachY, to.Y + r1 * reachY) + 1));
        if (left >= right || top >= bottom)
            return;

        // In coordinates w = L^-1 (p - from) the outline is a cone between two circles.
        float i11 = 1 / l11, i22 = 1 / l22, i21 = -l21 * i11 * i22;
        Vector2 sweep = White(to - from);
        float sweepSquared = sweep.LengthSquared(), perSweep = sweepSquared > 1e-6f ? 1 / sweepSquared : 0;
        // Orthonormal rows g1, g2 carry (w, depth towards the viewer) back to the unit sphere in the blob's frame.
        Vector3 g1 = Vector3.Normalize(rowX), g2 = rowY * i22 + rowX * i21;
        g2 = Vector3.Normalize(g2 - Vector3.Dot(g2, g1) * g1);
        Vector3 g3 = Vector3.Cross(g1, g2);
        Vector3 toViewer = blob.Frame.ToLocal(Camera.Position - middle) / blob.Axes;
        if (Vector3.Dot(g3, toViewer) < 0)
            g3 = -g3;
        Vector3 sun = blob.Frame.ToLocal(Light.Direction), up = blob.Frame.ToLocal(Vector3.UnitY);
        Vector3 half = blob.Frame.ToLocal(Vector3.Normalize(Light.Direction
            + Vector3.Normalize(Camera.Position - middle)));
        // Normals of a flat body lean to its thin side.
        Vector3 lean = new Vector3(MathF.Min(blob.Axes.X, MathF.Min(blob.Axes.Y, blob.Axes.Z))) / blob.Axes;
        Material material = blob.Material;
        bool shadow = material.Surface == Surface.Shadow, glow = material.Surface == Surface.Glow;
        float clear = MathF.Exp(-depth / Light.HazeLength), pixel = 1 / (MathF.Min(l11, l22) * largest);

        for (int y = top; y < bottom; y++)
        {
            for (int x = left; x < right; x++)
            {
                Vector2 w = White(new Vector2(x + 0.5f, y + 0.5f) - from);
                float along = Math.Clamp(Vector2.Dot(w, sweep) * perSweep, 0, 1);
                w -= along * sweep;
                float r = r0 + along * (r1 - r0), length = w.Length();
                float coverage = 1;
                if (shadow)
                {
                    coverage = Noise.Step(1.15f, 0.55f, length / r);
                }
                else if (length > 0.3f * r)
                {
                    float slope = new Vector2(i11 * w.X + i21 * w.Y, i22 * w.Y).Length() / length;
                    coverage = Math.Clamp(0.5f - (length - r) / slope, 0, 1);
                }
                if (coverage <= 0)
                    continue;
                int index = y * Width + x;
                if (shadow)
                {
                    Colours[index] *= Vector3.One - coverage * alpha * material.Amount * (Vector3.One - material.Main);
                    continue;
                }
                w /= MathF.Max(r, length);
                Vector3 at = w.X * g1 + w.Y * g2 + MathF.Sqrt(MathF.Max(0, 1 - w.LengthSquared())) * g3;
                var (colour, gloss) = material.Look(at, along, pixel);
                if (!glow)
                {
                    Vector3 normal = Vector3.Normalize(at * lean);
                    colour *= Light.Ambient * (0.78f + 0.22f * Vector3.Dot(normal, up))
                        + Light.Sun * MathF.Max(0, Vector3.Dot(normal, sun));
                    if (gloss > 0)
                    {
                        float shine = MathF.Max(0, Vector3.Dot(normal, half));
                        shine *= shine;
                        shine *= shine;
                        shine *= shine;
                        colour += gloss * shine * shine * Light.Sun;
                    }
                }
                colour = Vector3.Lerp(Light.Haze, colour, clear);
                Colours[index] = Vector3.Lerp(Colours[index], colour, coverage * alpha);
                if (coverage * alpha >= 0.5f)
                    Owners[index] = owner;
            }
        }

        Vector2 White(Vector2 p) => new(i11 * p.X, i21 * p.X + i22 * p.Y);
    }
}
