using System.Text.Json;
using HeadCount.Annotations;

namespace HeadCount.Studio.Storage;

/// <summary>Everything that a model may take for a head in a picture, the best first: a threshold cuts it anywhere.</summary>
/// <param name="Lowest">The lowest score that was looked for.</param>
/// <param name="X">Pixels.</param>
/// <param name="Y">Pixels.</param>
/// <param name="Score">0..1, falling.</param>
public sealed record Candidates(double Lowest, double[] X, double[] Y, double[] Score)
{
    internal static Candidates Of(IEnumerable<HeadPoint> heads, double lowest)
    {
        HeadPoint[] sorted = [.. heads.OrderByDescending(head => head.Score)];
        return new Candidates(lowest, [.. sorted.Select(head => Hundredths(head.X))],
            [.. sorted.Select(head => Hundredths(head.Y))], [.. sorted.Select(head => head.Score)]);

        // Downwards, so that a head at the edge stays inside.
        static double Hundredths(double pixels) => Math.Floor(pixels * 100) / 100;
    }

    internal int CountAt(double threshold) => Score.TakeWhile(score => score >= threshold).Count();

    internal HeadPoint[] At(double threshold) =>
        [.. Enumerable.Range(0, CountAt(threshold)).Select(i => new HeadPoint(X[i], Y[i], Score[i]))];
}

/// <summary>A named part of a picture.</summary>
/// <param name="Name">What the user calls it.</param>
/// <param name="Points">Corners, three at least, each x and y in pixels.</param>
public sealed record Zone(string Name, double[][] Points);

/// <summary>Reads and writes the parts of a picture.</summary>
internal static class Parts
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    internal static T? Get<T>(StudioContext db, Guid picture, PartKind kind) where T : class =>
        db.Parts.Find(picture, kind) is { } part ? JsonSerializer.Deserialize<T>(part.Json, Json) : null;

    internal static void Put<T>(StudioContext db, Guid picture, PartKind kind, T value)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(value, Json);
        if (db.Parts.Find(picture, kind) is { } part)
            part.Json = json;
        else
            db.Parts.Add(new PartRow { PictureId = picture, Kind = kind, Json = json });
    }

    internal static void Remove(StudioContext db, Guid picture, PartKind kind)
    {
        if (db.Parts.Find(picture, kind) is { } part)
            db.Parts.Remove(part);
    }

    /// <summary>The heads that stand now: those a person placed, or those of the model at the picture's threshold.</summary>
    internal static HeadPoint[] Heads(StudioContext db, PictureRow picture) => picture.Edited
        ? Points(Get<double[][]>(db, picture.Id, PartKind.Heads))
        : Get<Candidates>(db, picture.Id, PartKind.Candidates)?.At(picture.Threshold) ?? [];

    internal static HeadPoint[] Truth(StudioContext db, PictureRow picture) =>
        Points(Get<double[][]>(db, picture.Id, PartKind.Truth));

    /// <summary>What people say of a checked picture: the heads they placed, or the truth they uploaded.</summary>
    internal static HeadPoint[] CheckedHeads(StudioContext db, PictureRow picture) => picture.Edited ? Heads(db, picture) : Truth(db, picture);

    internal static double[][] Pairs(IEnumerable<HeadPoint> heads) => [.. heads.Select(head => new[] { head.X, head.Y })];

    private static HeadPoint[] Points(double[][]? pairs) => [.. (pairs ?? []).Select(pair => new HeadPoint(pair[0], pair[1]))];
}
