using System.Numerics;

namespace HeadCount.Synthesis;

/// <summary>A pinhole camera above the origin. World in metres: X right, Y up, Z away from the camera.</summary>
internal sealed class Camera
{
    private readonly Vector2 _centre;

    /// <param name="width">Columns of the picture.</param>
    /// <param name="height">Rows of the picture.</param>
    /// <param name="focal">Focal length in pixels.</param>
    /// <param name="pitch">Radians the camera looks down.</param>
    /// <param name="roll">Radians the camera is turned about its axis.</param>
    /// <param name="elevation">Metres above the ground.</param>
    internal Camera(int width, int height, float focal, float pitch, float roll, float elevation)
    {
        _centre = new Vector2(width, height) / 2;
        Focal = focal;
        Position = new Vector3(0, elevation, 0);
        Forward = new Vector3(0, -MathF.Sin(pitch), MathF.Cos(pitch));
        var level = new Vector3(0, MathF.Cos(pitch), MathF.Sin(pitch));
        var (sin, cos) = MathF.SinCos(roll);
        Right = cos * Vector3.UnitX + sin * level;
        Up = cos * level - sin * Vector3.UnitX;
    }

    internal float Focal { get; }
    internal Vector3 Position { get; }
    internal Vector3 Right { get; }
    internal Vector3 Up { get; }
    internal Vector3 Forward { get; }

    /// <summary>Metres in front of the camera's plane.</summary>
    internal float Depth(Vector3 point) => Vector3.Dot(point - Position, Forward);

    internal Vector2 Project(Vector3 point)
    {
        Vector3 d = point - Position;
        float scale = Focal / Vector3.Dot(d, Forward);
        return _centre + scale * new Vector2(Vector3.Dot(d, Right), -Vector3.Dot(d, Up));
    }

    /// <summary>The direction seen at a point of the picture, one unit deep: Position + depth × Ray is what lies
    /// there.</summary>
    internal Vector3 Ray(float x, float y) =>
        Forward + (x - _centre.X) / Focal * Right - (y - _centre.Y) / Focal * Up;

    /// <summary>How the picture's x and y change with the world's position around a point.</summary>
    internal (Vector3 X, Vector3 Y) Gradient(Vector3 point)
    {
        Vector3 d = point - Position;
        float depth = Vector3.Dot(d, Forward), scale = Focal / depth;
        return (scale * (Right - Vector3.Dot(d, Right) / depth * Forward),
            -scale * (Up - Vector3.Dot(d, Up) / depth * Forward));
    }
}
