using System.Numerics;

namespace HeadCount.Synthesis;

/// <summary>Three directions at right angles, of length one, in which a body measures x (its right), y (up), z
/// (front).</summary>
internal readonly record struct Frame(Vector3 Right, Vector3 Up, Vector3 Front)
{
    internal static readonly Frame World = new(Vector3.UnitX, Vector3.UnitY, Vector3.UnitZ);

    /// <summary>A frame that looks along +Z, bent down by pitch, then turned by yaw towards +X.</summary>
    internal static Frame Turned(float yaw, float pitch = 0)
    {
        var (siny, cosy) = MathF.SinCos(yaw);
        var (sinp, cosp) = MathF.SinCos(pitch);
        var level = new Vector3(siny, 0, cosy);
        return new Frame(new Vector3(cosy, 0, -siny), cosp * Vector3.UnitY + sinp * level,
            cosp * level - sinp * Vector3.UnitY);
    }

    internal Vector3 ToWorld(Vector3 local) => local.X * Right + local.Y * Up + local.Z * Front;

    internal Vector3 ToLocal(Vector3 world) =>
        new(Vector3.Dot(world, Right), Vector3.Dot(world, Up), Vector3.Dot(world, Front));
}

/// <summary>
/// The one solid everything is made of: an ellipsoid swept from one point to another while it grows or shrinks.
/// A ball, a limb, a torso, a head and a flat disc are all of this kind.
/// </summary>
/// <param name="From">Centre at the start, world coordinates in metres.</param>
/// <param name="To">Centre at the end; the same as From for a plain ellipsoid.</param>
/// <param name="Axes">Half-axes in metres along the frame's directions.</param>
/// <param name="Frame">The ellipsoid's orientation.</param>
/// <param name="Material">What its surface looks like.</param>
/// <param name="FromScale">Size factor at the start.</param>
/// <param name="ToScale">Size factor at the end.</param>
/// <param name="IsHead">Whether what is seen of it is seen of a head.</param>
internal readonly record struct Blob(
    Vector3 From, Vector3 To, Vector3 Axes, Frame Frame, Material Material,
    float FromScale = 1, float ToScale = 1, bool IsHead = false)
{
    internal static Blob Ball(Vector3 centre, float radius, Material material) =>
        new(centre, centre, new Vector3(radius), Frame.World, material);

    internal static Blob Rod(Vector3 from, Vector3 to, float radius, Material material, float toScale = 1) =>
        new(from, to, new Vector3(radius), Frame.World, material, ToScale: toScale);
}
