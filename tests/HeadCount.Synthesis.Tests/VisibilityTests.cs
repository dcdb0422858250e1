using System.Numerics;
using HeadCount.Annotations;
using Xunit;

namespace HeadCount.Synthesis.Tests;

/// <summary>A head of 20 pixels' radius, 1 km ahead of a telephoto lens, and a board that hides it.</summary>
public class VisibilityTests
{
    private const float MetresPerPixel = 0.1f; // at 1000 m with a focal length of 10,000 pixels
    private const int Side = 100, Head = 3, Other = 4;

    [Theory]
    [InlineData(0, true)]
    [InlineData(0.5, true)]
    [InlineData(0.7, true)]
    [InlineData(0.8, false)]
    [InlineData(1, false)]
    public void Visible_HeadBehindABoard_NeedsAQuarter(double hidden, bool pointed)
    {
        Canvas canvas = Paint(new Vector2(50), BoardEdge(hidden));
        Assert.Equal(pointed, Points(canvas, new Vector2(50)).Count == 1);
    }

    [Theory]
    [InlineData(0.5, true)]
    [InlineData(0.7, true)]
    [InlineData(0.8, false)]
    public void Visible_HeadCutByTheFrame_NeedsAQuarter(double outside, bool pointed)
    {
        var centre = new Vector2(-(float)BoardEdge(outside) + 50, 50);
        List<HeadPoint> points = Points(Paint(centre, -1000), centre);
        Assert.Equal(pointed, points.Count == 1);
        Assert.All(points, point => Assert.InRange(point.X, 0, Side));
    }

    [Fact]
    public void Visible_CentreShows_IsThePoint() =>
        Assert.Equal(new HeadPoint(50, 50),
            Assert.Single(Points(Paint(new Vector2(50), BoardEdge(0.3)), new Vector2(50))));

    [Fact]
    public void Visible_CentreHidden_PointLiesWhereTheHeadShows()
    {
        double edge = BoardEdge(0.65);
        HeadPoint point = Assert.Single(Points(Paint(new Vector2(50), edge), new Vector2(50)));
        Assert.InRange(point.X, edge, 70);
        Assert.InRange(point.Y, 48, 52);
    }

    // The column up to which the wanted share of a disc of radius 20 about (50, 50) is hidden, by bisection.
    private static double BoardEdge(double share)
    {
        double low = 30, high = 70;
        for (int i = 0; i < 40; i++)
        {
            double middle = (low + high) / 2, h = (middle - 50) / 20;
            double left = 1 - (Math.Acos(h) - h * Math.Sqrt(1 - h * h)) / Math.PI;
            (low, high) = left < share ? (middle, high) : (low, middle);
        }
        return low;
    }

    private static Canvas Paint(Vector2 centre, double edge)
    {
        var light = new Light(Vector3.UnitY, Vector3.One, Vector3.One, Vector3.Zero, 1e6f);
        var canvas = new Canvas(Side, Side, new Camera(Side, Side, 10_000, 0, 0, 0), light);
        var matt = new Material(Surface.Matt, new Vector3(0.5f));
        Vector3 at = At(centre.X, centre.Y, 1000);
        canvas.Paint(Blob.Ball(at, 20 * MetresPerPixel, matt) with { IsHead = true }, Head);
        // A disc so large that its edge is straight within the picture.
        if (edge > 30)
        {
            float reach = 5000;
            Vector3 far = At((float)edge - reach, 50, 1000);
            canvas.Paint(Blob.Ball(far, reach * MetresPerPixel, matt) with
            {
                Axes = new Vector3(reach * MetresPerPixel, reach * MetresPerPixel, 0.001f),
            }, Other);
        }
        return canvas;
    }

    private static Vector3 At(float x, float y, float depth) =>
        new((x - 50) * MetresPerPixel, (50 - y) * MetresPerPixel, depth);

    // Person 1 has the head; the board is the body of person 2, whose own head is nowhere.
    private static List<HeadPoint> Points(Canvas canvas, Vector2 centre) => SceneRenderer.Visible(canvas,
        [(centre, MathF.PI * 20 * 20), (new Vector2(-500), 100)], out _);
}
