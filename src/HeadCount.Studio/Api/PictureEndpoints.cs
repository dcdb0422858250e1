using HeadCount.Annotations;
using HeadCount.Drawing;
using HeadCount.Evaluation;
using HeadCount.Imaging;
using HeadCount.Inference;
using HeadCount.Studio.Counting;
using HeadCount.Studio.Storage;
using Microsoft.AspNetCore.Mvc;

namespace HeadCount.Studio.Api;

/// <summary>A threshold to set; null: back to the model's own.</summary>
public sealed record ThresholdRequest(double? Threshold);

/// <summary>A model to count with; null: the default.</summary>
public sealed record RecountRequest(string? Model);

/// <summary>Heads to store, and the revision that they were made from.</summary>
public sealed record HeadsRequest(int Revision, double[][] Heads);

/// <summary>Hits, misses and false alarms of one picture.</summary>
public sealed record ComparisonDto(
    double Radius, double[][] Hits, double[][] Misses, double[][] FalseAlarms, double Precision, double Recall, double F1);

/// <summary><c>/api/pictures</c>: one picture, its heads, zones, views and downloads.</summary>
internal static class PictureEndpoints
{
    internal static void Map(RouteGroupBuilder api)
    {
        RouteGroupBuilder pictures = api.MapGroup("/pictures/{id:guid}").WithTags("Pictures");
        pictures.MapGet("", (Guid id, StudioContext db) => PictureDto.Of(Row(db, id)));
        pictures.MapDelete("", Delete);
        pictures.MapPatch("", SetThreshold);
        pictures.MapPost("recount", Recount);
        pictures.MapGet("thumbnail", Thumbnail).DisableRateLimiting();
        pictures.MapGet("tiles.dzi", (Guid id, StudioContext db, PictureFiles files, CancellationToken cancellation) =>
            Tiles(id, null, db, files, cancellation)).DisableRateLimiting();
        pictures.MapGet("tiles_files/{level:int}/{column:int}_{row:int}.jpg",
            (Guid id, int level, int column, int row, StudioContext db, PictureFiles files, CancellationToken cancellation) =>
                Tiles(id, FormattableString.Invariant($"{level}/{column}_{row}.jpg"), db, files, cancellation)).DisableRateLimiting();
        pictures.MapGet("heatmap", HeatMapLayer);
        pictures.MapGet("candidates", (Guid id, StudioContext db) => GetCandidates(db, Row(db, id)));
        pictures.MapGet("heads", (Guid id, StudioContext db) => Heads(db, Row(db, id)));
        pictures.MapPut("heads", PutHeads);
        pictures.MapDelete("heads", RevertHeads);
        pictures.MapGet("zones", (Guid id, StudioContext db) => Zones(db, Row(db, id)));
        pictures.MapPut("zones", PutZones);
        pictures.MapGet("comparison", Compare);
        pictures.MapGet("export", Export);
    }

    private static PictureRow Row(StudioContext db, Guid id) =>
        db.Pictures.Find(id) ?? throw new NotFoundException("There is no such picture; it may have been deleted");

    private static PictureRow Counted(StudioContext db, Guid id) => Row(db, id) is { State: PictureState.Done } picture
        ? picture
        : throw new NotFoundException("The picture is not counted yet");

    private static IResult Delete(Guid id, StudioContext db, PictureFiles files)
    {
        db.Pictures.Remove(Row(db, id));
        db.SaveChanges();
        files.Delete(id);
        return TypedResults.NoContent();
    }

    private static PictureDto Save(StudioContext db, PictureRow picture, EventHub events)
    {
        picture.Revision++;
        db.SaveChanges();
        var dto = PictureDto.Of(picture);
        events.Publish(picture.ProjectId, "picture", dto);
        return dto;
    }

    private static PictureDto SetThreshold(Guid id, ThresholdRequest request, StudioContext db, EventHub events)
    {
        if (request.Threshold is double given && !(given is >= 0 and <= 1))
            throw new BadHttpRequestException($"The threshold is {given}; it must be from 0 to 1");
        PictureRow picture = Counted(db, id);
        picture.Threshold = request.Threshold ?? picture.OwnThreshold;
        if (!picture.Edited)
            picture.Count = Parts.Heads(db, picture).Length;
        return Save(db, picture, events);
    }

    private static PictureDto Recount(Guid id, RecountRequest request, StudioContext db, Models models, CountWorker worker, EventHub events)
    {
        PictureRow picture = Row(db, id);
        string model = request.Model ?? models.DefaultName;
        if (!models.Names.Contains(model))
            throw new BadHttpRequestException($"There is no model '{model}'; there are: {string.Join(", ", models.Names)}");
        (picture.Model, picture.State, picture.Error) = (model, PictureState.Queued, null);
        PictureDto dto = Save(db, picture, events);
        worker.Wake();
        return dto;
    }

    private static async Task<IResult> Thumbnail(Guid id, StudioContext db, PictureFiles files, CancellationToken cancellation)
    {
        Row(db, id);
        return Cached(await files.ThumbnailAsync(id, cancellation), "image/jpeg");
    }

    private static async Task<IResult> Tiles(Guid id, string? tile, StudioContext db, PictureFiles files, CancellationToken cancellation)
    {
        Row(db, id);
        string path = await files.DeepZoomAsync(id, tile, cancellation) ?? throw new NotFoundException("There is no such tile");
        return Cached(path, tile is null ? "application/xml" : "image/jpeg");
    }

    private static IResult Cached(string path, string type) =>
        TypedResults.PhysicalFile(path, type, lastModified: File.GetLastWriteTimeUtc(path), enableRangeProcessing: false);

    private static IResult HeatMapLayer(Guid id, StudioContext db)
    {
        const double LongestSide = 1024;
        PictureRow picture = Counted(db, id);
        double scale = Math.Min(1, LongestSide / Math.Max(picture.Width, picture.Height));
        DensityMap density = HeatMap.FromHeads(picture.Width, picture.Height, Parts.Heads(db, picture));
        return TypedResults.Bytes(HeatMap.EncodeLayer(
            Math.Max(1, (int)(picture.Width * scale)), Math.Max(1, (int)(picture.Height * scale)), density), "image/png");
    }

    private static object GetCandidates(StudioContext db, PictureRow picture)
    {
        Candidates candidates = Parts.Get<Candidates>(db, picture.Id, PartKind.Candidates) ?? throw new NotFoundException("The picture is not counted yet");
        return new { candidates.Lowest, picture.Threshold, candidates.X, candidates.Y, candidates.Score };
    }

    private static HeadsDto Heads(StudioContext db, PictureRow picture) =>
        new(picture.Revision, picture.Edited, Parts.Pairs(Parts.Heads(db, picture)));

    private static HeadsDto PutHeads(Guid id, HeadsRequest request, StudioContext db, EventHub events)
    {
        PictureRow picture = Counted(db, id);
        const int Most = 500_000;
        if (request.Heads is null || request.Heads.Length > Most || request.Heads.Any(head => head is not [double x, double y]
            || !(x >= 0 && x < picture.Width && y >= 0 && y < picture.Height)))
            throw new BadHttpRequestException($"Heads are pairs of x and y inside the {picture.Width}×{picture.Height} picture, at most {Most}");
        if (request.Revision != picture.Revision)
            throw new ConflictException("The heads were changed elsewhere meanwhile; load the picture again");
        (picture.Edited, picture.Count) = (true, request.Heads.Length);
        Parts.Put(db, id, PartKind.Heads, request.Heads);
        Save(db, picture, events);
        return new HeadsDto(picture.Revision, true, request.Heads);
    }

    private static HeadsDto RevertHeads(Guid id, StudioContext db, EventHub events)
    {
        PictureRow picture = Counted(db, id);
        picture.Edited = false;
        Parts.Remove(db, id, PartKind.Heads);
        picture.Count = Parts.Heads(db, picture).Length;
        Save(db, picture, events);
        return Heads(db, picture);
    }

    private static ZoneDto[] Zones(StudioContext db, PictureRow picture)
    {
        HeadPoint[] heads = Parts.Heads(db, picture);
        return [.. (Parts.Get<Zone[]>(db, picture.Id, PartKind.Zones) ?? []).Select(zone =>
            new ZoneDto(zone.Name, zone.Points, heads.Count(head => Polygon.Contains(zone.Points, head.X, head.Y))))];
    }

    private static ZoneDto[] PutZones(Guid id, Zone[] zones, StudioContext db)
    {
        PictureRow picture = Row(db, id);
        if (zones.Length > 200 || zones.Any(zone => zone.Name is not { Length: <= 100 } || zone.Points is not { Length: >= 3 and <= 1000 }
            || zone.Points.Any(point => point is not [double x, double y] || !double.IsFinite(x) || !double.IsFinite(y))))
            throw new BadHttpRequestException("A zone has a name and 3 to 1000 corners, each x and y; a picture has at most 200 zones");
        Parts.Put(db, id, PartKind.Zones, zones);
        db.SaveChanges();
        return Zones(db, picture);
    }

    private static ComparisonDto Compare(Guid id, StudioContext db, [FromQuery] double radius = 8)
    {
        PictureRow picture = Counted(db, id);
        if (!(radius is > 0 and <= 1000))
            throw new BadHttpRequestException($"radius={radius}: expected pixels from 0 to 1000");
        if (!picture.HasTruth)
            throw new NotFoundException("The picture has no ground truth yet; upload an annotation file first");
        HeadPoint[] truth = Parts.Truth(db, picture), heads = Parts.Heads(db, picture);
        var pairs = PointMatcher.Match(truth, heads, radius);
        var matched = pairs.Select(pair => pair.Prediction).ToHashSet();
        var found = pairs.Select(pair => pair.Truth).ToHashSet();
        return new ComparisonDto(radius,
            Parts.Pairs(heads.Where((_, i) => matched.Contains(i))),
            Parts.Pairs(truth.Where((_, i) => !found.Contains(i))),
            Parts.Pairs(heads.Where((_, i) => !matched.Contains(i))),
            Share(pairs.Count, heads.Length), Share(pairs.Count, truth.Length), Share(2 * pairs.Count, heads.Length + truth.Length));

        static double Share(int part, int whole) => whole == 0 ? 1 : (double)part / whole;
    }

    private static IResult Export(Guid id, StudioContext db, PictureFiles files, StudioOptions options, [FromQuery] string format = "json")
    {
        PictureRow picture = Counted(db, id);
        HeadPoint[] heads = Parts.Heads(db, picture);
        return format == "overlay"
            ? OverlayOf(files.Original(id), heads, picture.Name, options)
            : Downloads.Of(Path.GetFileNameWithoutExtension(picture.Name), format, [new Downloads.Item(picture, heads, files.Original(id))]);
    }

    internal static IResult OverlayOf(string path, IReadOnlyList<HeadPoint> heads, string name, StudioOptions options)
    {
        // A drawing is held in memory whole.
        const long MostPixels = 64_000_000;
        RgbImage image = Picture.Load(path, options.MaxPixels, reduceTo: MostPixels);
        using var original = Picture.Open(path, options.MaxPixels);
        double scale = (double)image.Width / original.Width;
        RgbImage drawn = Overlay.Draw(image, [.. heads.Select(head => head with { X = head.X * scale, Y = head.Y * scale })]);
        return TypedResults.Bytes(PictureWriter.EncodePng(drawn), "image/png", Path.GetFileNameWithoutExtension(name) + " heads.png");
    }
}
