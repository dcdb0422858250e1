using System.Security.Claims;
using HeadCount.Annotations;
using HeadCount.Drawing;
using HeadCount.Evaluation;
using HeadCount.Imaging;
using HeadCount.Inference;
using HeadCount.Studio.Counting;
using HeadCount.Studio.Storage;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadCount.Studio.Api;

/// <summary>A threshold to set; null: back to the model's own.</summary>
public sealed record ThresholdRequest(double? Threshold);

/// <summary>A model to count with; null: the project's.</summary>
public sealed record RecountRequest(string? Model);

/// <summary>Heads to store, and the revision that they were made from.</summary>
public sealed record HeadsRequest(int Revision, double[][] Heads);

/// <summary>Hits, misses and false alarms of one picture.</summary>
public sealed record ComparisonDto(
    double Radius, double[][] Hits, double[][] Misses, double[][] FalseAlarms, double Precision, double Recall, double F1);

/// <summary><c>/api/pictures</c>: one picture, its heads, zones, views and downloads.</summary>
internal static class PictureEndpoints
{
    /// <summary>Heads that a picture may have, placed or of its truth.</summary>
    internal const int MostHeads = 500_000;

    internal static void Map(RouteGroupBuilder api)
    {
        RouteGroupBuilder pictures = api.MapGroup("/pictures/{id:guid}").WithTags("Pictures").ProducesProblem(404);
        pictures.MapGet("", (Guid id, StudioContext db) => PictureDto.Of(Row(db, id))).WithSummary("A picture");
        pictures.MapDelete("", Delete).WithSummary("Delete a picture").Produces(204);
        pictures.MapPatch("", SetThreshold).WithSummary("Set the threshold").ProducesProblem(400)
            .WithDescription("Moves the score from which heads count; null is the one that counting came to. Heads that a person placed stay.");
        pictures.MapPost("recount", Recount).WithSummary("Count again").ProducesProblem(400)
            .WithDescription("With a model by its name; null is the project's.");
        pictures.MapGet("thumbnail", Thumbnail).DisableRateLimiting().WithSummary("A small picture")
            .WithDescription("JPEG, 320 pixels at its longest side.").Produces(200, contentType: "image/jpeg").ProducesProblem(422);
        pictures.MapGet("tiles.dzi", (Guid id, StudioContext db, PictureFiles files, CancellationToken cancellation) =>
            Tiles(id, null, db, files, cancellation)).DisableRateLimiting().WithSummary("The picture as Deep Zoom")
            .Produces(200, contentType: "application/xml").ProducesProblem(422);
        pictures.MapGet("tiles_files/{level:int}/{column:int}_{row:int}.jpg",
            (Guid id, int level, int column, int row, StudioContext db, PictureFiles files, CancellationToken cancellation) =>
                Tiles(id, FormattableString.Invariant($"{level}/{column}_{row}.jpg"), db, files, cancellation)).DisableRateLimiting()
            .WithSummary("A tile of the Deep Zoom").Produces(200, contentType: "image/jpeg").ProducesProblem(422);
        pictures.MapGet("heatmap", HeatMapLayer).WithSummary("The density of heads")
            .WithDescription("A PNG to lay over the picture, transparent where nobody is.").Produces(200, contentType: "image/png").ProducesProblem(503);
        pictures.MapGet("candidates", (Guid id, StudioContext db) => GetCandidates(db, Row(db, id))).WithSummary("What may be a head")
            .WithDescription("Everything that scores 0.3 or more, best first: a threshold cuts it anywhere.");
        pictures.MapGet("heads", (Guid id, StudioContext db) => Heads(db, Row(db, id))).WithSummary("The heads that stand")
            .WithDescription("Those that a person placed, or those of the model at the picture's threshold.");
        pictures.MapPut("heads", PutHeads).WithSummary("Place the heads").ProducesProblem(400).ProducesProblem(409)
            .WithDescription("The revision must be the picture's: who comes with an older one is told so (409) and changes nothing.");
        pictures.MapDelete("heads", RevertHeads).WithSummary("Back to the model's heads");
        pictures.MapPost("heads/truth", TakeTruth).WithSummary("Take the truth as heads")
            .WithDescription("The heads of the ground truth stand in the place of all others, and can be edited like any.");
        pictures.MapGet("zones", (Guid id, StudioContext db) => Zones(db, Row(db, id))).WithSummary("The zones and their heads");
        pictures.MapPut("zones", PutZones).WithSummary("Set the zones").ProducesProblem(400);
        pictures.MapGet("comparison", Compare).WithSummary("Hits, misses and false alarms").ProducesProblem(400)
            .WithDescription("The heads that stand beside the ground truth; matched one to one within a radius in pixels.");
        pictures.MapGet("export", ExportAsync).WithSummary("Download a picture's heads")
            .WithDescription("In any format of downloads, or as overlay: the picture with its heads marked, PNG.")
            .Produces(200, contentType: "application/octet-stream").ProducesProblem(400).ProducesProblem(422).ProducesProblem(503);
    }

    private static PictureRow Row(StudioContext db, Guid id) =>
        db.Pictures.Find(id) ?? throw new NotFoundException("There is no such picture; it may have been deleted");

    private static PictureRow Counted(StudioContext db, Guid id) => Row(db, id) is { State: PictureState.Done } picture
        ? picture
        : throw new NotFoundException("The picture is not counted yet");

    // The file first: it makes the room that the database may need.
    private static IResult Delete(Guid id, StudioContext db, PictureFiles files, Reserve reserve, ClaimsPrincipal user)
    {
        PictureRow picture = Row(db, id);
        files.Delete(id);
        db.Note(user, "picture.deleted", picture, before: picture.Count);
        return reserve.Spend(() =>
        {
            db.Pictures.Where(row => row.Id == id).ExecuteDelete();
            db.SaveChanges();
            return TypedResults.NoContent();
        });
    }

    private static PictureDto Save(StudioContext db, PictureRow picture, EventHub events)
    {
        picture.Revision++;
        db.SaveChanges();
        var dto = PictureDto.Of(picture);
        events.Publish(picture.ProjectId, "picture", dto);
        return dto;
    }

    private static PictureDto SetThreshold(Guid id, ThresholdRequest request, StudioContext db, EventHub events, ClaimsPrincipal user)
    {
        if (request.Threshold is double given && !(given is >= 0 and <= 1))
            throw new BadHttpRequestException($"The threshold is {given}; it must be from 0 to 1");
        PictureRow picture = Counted(db, id);
        double threshold = request.Threshold ?? picture.OwnThreshold;
        db.Note(user, "threshold.set", picture, before: picture.Threshold, after: threshold);
        picture.Threshold = threshold;
        if (!picture.Edited)
            picture.Count = Parts.Heads(db, picture).Length;
        return Save(db, picture, events);
    }

    private static PictureDto Recount(Guid id, RecountRequest request, StudioContext db, Models models, CountWorker worker, EventHub events,
        ClaimsPrincipal user)
    {
        PictureRow picture = Row(db, id);
        models.Require(request.Model);
        string model = request.Model ?? models.Of(ProjectEndpoints.Row(db, picture.ProjectId));
        db.Note(user, "picture.recounted", picture, before: picture.Model, after: model);
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

    private static async Task<IResult> HeatMapLayer(Guid id, HttpContext caller, StudioContext db, Benches benches, CancellationToken cancellation)
    {
        const double LongestSide = 1024;
        PictureRow picture = Counted(db, id);
        HeadPoint[] heads = Parts.Heads(db, picture);
        double scale = Math.Min(1, LongestSide / Math.Max(picture.Width, picture.Height));
        byte[] layer = await benches.Drawing.DoAsync(caller, () => HeatMap.EncodeLayer(
            Math.Max(1, (int)(picture.Width * scale)), Math.Max(1, (int)(picture.Height * scale)),
            HeatMap.FromHeads(picture.Width, picture.Height, heads)), cancellation);
        return TypedResults.Bytes(layer, "image/png");
    }

    private static CandidatesDto GetCandidates(StudioContext db, PictureRow picture)
    {
        Candidates candidates = Parts.Get<Candidates>(db, picture.Id, PartKind.Candidates) ?? throw new NotFoundException("The picture is not counted yet");
        return new CandidatesDto(candidates.Lowest, picture.Threshold, candidates.X, candidates.Y, candidates.Score);
    }

    private static HeadsDto Heads(StudioContext db, PictureRow picture) =>
        new(picture.Revision, picture.Edited, Parts.Pairs(Parts.Heads(db, picture)));

    private static HeadsDto PutHeads(Guid id, HeadsRequest request, StudioContext db, EventHub events, ClaimsPrincipal user)
    {
        PictureRow picture = Counted(db, id);
        if (request.Heads is null || request.Heads.Length > MostHeads || request.Heads.Any(head => head is not [double x, double y]
            || !(x >= 0 && x < picture.Width && y >= 0 && y < picture.Height)))
            throw new BadHttpRequestException($"Heads are pairs of x and y inside the {picture.Width}×{picture.Height} picture, at most {MostHeads}");
        if (request.Revision != picture.Revision)
            throw new ConflictException("The heads were changed elsewhere meanwhile; load the picture again");
        return Place(db, picture, request.Heads, "heads.set", events, user);
    }

    internal static HeadsDto TakeTruth(Guid id, StudioContext db, EventHub events, ClaimsPrincipal user)
    {
        PictureRow picture = Counted(db, id);
        if (!picture.HasTruth)
            throw new NotFoundException("The picture has no ground truth yet; upload an annotation file first");
        // A person's mark may lie on the very edge, or a little beyond.
        double[][] heads = [.. Parts.Pairs(Parts.Truth(db, picture)).Select(head =>
            new[] { Math.Clamp(head[0], 0, Math.BitDecrement((double)picture.Width)), Math.Clamp(head[1], 0, Math.BitDecrement((double)picture.Height)) })];
        return Place(db, picture, heads, "heads.truth", events, user);
    }

    private static HeadsDto Place(StudioContext db, PictureRow picture, double[][] heads, string what, EventHub events, ClaimsPrincipal user)
    {
        db.Note(user, what, picture, before: picture.Count, after: heads.Length);
        (picture.Edited, picture.Count) = (true, heads.Length);
        Parts.Put(db, picture.Id, PartKind.Heads, heads);
        Save(db, picture, events);
        return new HeadsDto(picture.Revision, true, heads);
    }

    private static HeadsDto RevertHeads(Guid id, StudioContext db, EventHub events, ClaimsPrincipal user)
    {
        PictureRow picture = Counted(db, id);
        picture.Edited = false;
        Parts.Remove(db, id, PartKind.Heads);
        int before = picture.Count;
        picture.Count = Parts.Heads(db, picture).Length;
        db.Note(user, "heads.reverted", picture, before, picture.Count);
        Save(db, picture, events);
        return Heads(db, picture);
    }

    private static ZoneDto[] Zones(StudioContext db, PictureRow picture)
    {
        HeadPoint[] heads = Parts.Heads(db, picture);
        return [.. (Parts.Get<Zone[]>(db, picture.Id, PartKind.Zones) ?? []).Select(zone =>
            new ZoneDto(zone.Name, zone.Points, heads.Count(head => Polygon.Contains(zone.Points, head.X, head.Y))))];
    }

    private static ZoneDto[] PutZones(Guid id, Zone[] zones, StudioContext db, ClaimsPrincipal user)
    {
        PictureRow picture = Row(db, id);
        if (zones.Length > 200 || zones.Any(zone => zone is null || zone.Name is not { Length: <= 100 } || zone.Points is not { Length: >= 3 and <= 1000 }
            || zone.Points.Any(point => point is not [double x, double y] || !double.IsFinite(x) || !double.IsFinite(y))))
            throw new BadHttpRequestException("A zone has a name and 3 to 1000 corners, each x and y; a picture has at most 200 zones");
        db.Note(user, "zones.set", picture, before: Parts.Get<Zone[]>(db, id, PartKind.Zones)?.Length ?? 0, after: zones.Length);
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

    private static async Task<IResult> ExportAsync(Guid id, HttpContext caller, StudioContext db, PictureFiles files, Benches benches, StudioOptions options,
        CancellationToken cancellation, [FromQuery] string format = "json")
    {
        PictureRow picture = Counted(db, id);
        HeadPoint[] heads = Parts.Heads(db, picture);
        return await benches.Drawing.DoAsync(caller, () => format == "overlay"
            ? OverlayOf(files.Original(id), heads, picture.Name, files, options)
            : Downloads.Of(Path.GetFileNameWithoutExtension(picture.Name), format, [new Downloads.Item(picture, heads, files.Original(id))], files, options),
            cancellation);
    }

    internal static IResult OverlayOf(string path, IReadOnlyList<HeadPoint> heads, string name, PictureFiles files, StudioOptions options)
    {
        // A drawing is held in memory whole, and a copy of it.
        const long MostPixels = 50_000_000;
        RgbImage image = Picture.Load(path, options.MaxPixels, reduceTo: MostPixels);
        using (var original = Picture.Open(path, options.MaxPixels))
        {
            double scale = (double)image.Width / original.Width;
            image = Overlay.Draw(image, [.. heads.Select(head => head with { X = head.X * scale, Y = head.Y * scale })]);
        }
        string drawn = files.TemporaryPath(".png");
        PictureWriter.Save(image, drawn);
        return Downloads.Send(drawn, Path.GetFileNameWithoutExtension(name) + " heads.png");
    }
}
