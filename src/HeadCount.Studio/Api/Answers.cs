using System.Globalization;
using HeadCount.Studio.Storage;

namespace HeadCount.Studio.Api;

/// <summary>A project as callers see it.</summary>
public sealed record ProjectDto(Guid Id, string Name, DateTimeOffset Created, int Pictures, int Done, int Failed, long Heads, string? Model);

/// <summary>A picture as callers see it.</summary>
public sealed record PictureDto
{
    public required Guid Id { get; init; }

    public required Guid ProjectId { get; init; }

    public required string Name { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    public required long Bytes { get; init; }

    /// <summary>When it was uploaded.</summary>
    public required DateTimeOffset Uploaded { get; init; }

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
        Uploaded = new DateTimeOffset(row.Order, TimeSpan.Zero),
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

/// <summary>What the studio has and takes.</summary>
public sealed record InfoDto(string Version, string Who, bool Session, ModelDto[] Models, LimitsDto Limits, IReadOnlyList<string> Exports);

/// <summary>A model to count with.</summary>
public sealed record ModelDto(string Name, string Version, double Threshold, bool IsDefault);

/// <summary>What may come in, and for how long it stays; null: until it is deleted.</summary>
public sealed record LimitsDto(long UploadBytes, long Pixels, long PixelsAtOnce, int? KeepDays);

/// <summary>What a model may take for heads, best first, with their scores.</summary>
public sealed record CandidatesDto(double Lowest, double Threshold, double[] X, double[] Y, double[] Score);

/// <summary>Something that was changed: by whom, of which picture or project, from what to what.</summary>
public sealed record ChangeDto(DateTimeOffset At, string Who, string What, Guid? ProjectId, Guid? PictureId, string? Name, string? Before, string? After);

/// <summary>A zone and its heads.</summary>
public sealed record ZoneDto(string Name, double[][] Points, int Count);

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
