using System.Globalization;
using HeadCount.Studio.Storage;

namespace HeadCount.Studio.Api;

/// <summary>A project as callers see it.</summary>
public sealed record ProjectDto(Guid Id, string Name, DateTimeOffset Created, int Pictures, int Done, int Failed, long Heads);

/// <summary>A picture as callers see it.</summary>
public sealed record PictureDto
{
    public required Guid Id { get; init; }

    public required Guid ProjectId { get; init; }

    public required string Name { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    public required long Bytes { get; init; }

    /// <summary>queued, counting, done or failed.</summary>
    public required string State { get; init; }

    public string? Error { get; init; }

    /// <summary>While counting: 0..1.</summary>
    public double? Progress { get; init; }

    public required int Count { get; init; }

    public double? DensitySum { get; init; }

    public required double Threshold { get; init; }

    /// <summary>How much points and density differ, 0..1: the higher, the more a look is worth.</summary>
    public required double Uncertainty { get; init; }

    public required bool Edited { get; init; }

    public required bool HasTruth { get; init; }

    public required int Revision { get; init; }

    public required string Model { get; init; }

    internal static PictureDto Of(PictureRow row) => new()
    {
        Id = row.Id,
        ProjectId = row.ProjectId,
        Name = row.Name,
        Width = row.Width,
        Height = row.Height,
        Bytes = row.Bytes,
        State = row.State.ToString().ToLower(CultureInfo.InvariantCulture),
        Error = row.Error,
        Count = row.Count,
        DensitySum = row.DensitySum is double sum ? Math.Round(sum, 2) : null,
        Threshold = row.Threshold,
        Uncertainty = row.Edited || row.State != PictureState.Done || row.DensitySum is not double density
            ? 0
            : Math.Round(Math.Abs(row.Count - density) / Math.Max(Math.Max(row.Count, density), 1), 4),
        Edited = row.Edited,
        HasTruth = row.HasTruth,
        Revision = row.Revision,
        Model = row.Model,
    };
}

/// <summary>Heads that stand; the revision must come back with a change.</summary>
public sealed record HeadsDto(int Revision, bool Edited, double[][] Heads);

/// <summary>A zone and its heads.</summary>
public sealed record ZoneDto(string Name, double[][] Points, int Count);

/// <summary>Messages for people who know nothing of the server's folders.</summary>
internal static class Plain
{
    /// <summary>The message without the path it begins with.</summary>
    internal static string Message(Exception e, string path)
    {
        string message = e.Message.Replace(path + ": ", "", StringComparison.Ordinal).Replace(path, "the picture", StringComparison.Ordinal);
        return message.Length > 0 ? char.ToUpperInvariant(message[0]) + message[1..] : message;
    }

    /// <summary>
    /// A name that an upload gives, as relative path with forward slashes that leads nowhere else; it never becomes a path
    /// of this machine, but goes into archives.
    /// </summary>
    internal static string Name(string? given)
    {
        string[] parts = [.. (given ?? "").Replace('\\', '/').Split('/')
            .Select(part => new string([.. part.Where(c => !char.IsControl(c) && !"<>:\"|?*".Contains(c, StringComparison.Ordinal))]).Trim())
            .Where(part => part.Length > 0 && part.Trim('.').Length > 0)];
        string name = string.Join('/', parts);
        return name.Length == 0 ? "picture" : name.Length <= 200 ? name : name[^200..].TrimStart('/');
    }
}

/// <summary>Polygons.</summary>
internal static class Polygon
{
    /// <summary>
    /// Whether a point lies inside, by the even-odd rule; of two polygons that share an edge, points on it belong to one.
    /// </summary>
    internal static bool Contains(double[][] corners, double x, double y)
    {
        bool inside = false;
        for (int i = 0, j = corners.Length - 1; i < corners.Length; j = i++)
        {
            double[] a = corners[i], b = corners[j];
            if (a[1] > y != b[1] > y && x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0])
                inside = !inside;
        }
        return inside;
    }
}
