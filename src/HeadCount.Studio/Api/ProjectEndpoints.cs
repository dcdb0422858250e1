using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using HeadCount.Annotations;
using HeadCount.Evaluation;
using HeadCount.Studio.Counting;
using HeadCount.Studio.Storage;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadCount.Studio.Api;

/// <summary>A name to give.</summary>
public sealed record NameRequest(string Name);

/// <summary>What an annotation file held of a project's pictures.</summary>
/// <param name="Pictures">Those that got a truth.</param>
/// <param name="Heads">Of them together.</param>
/// <param name="Unmatched">The first hundred names that no picture goes by.</param>
/// <param name="UnmatchedCount">How many such names there are.</param>
public sealed record TruthDto(int Pictures, long Heads, IReadOnlyList<string> Unmatched, int UnmatchedCount);

/// <summary>Pictures whose truth now stands as their heads, and how many heads these are.</summary>
public sealed record TakenTruthDto(int Pictures, long Heads);

/// <summary>A picture beside its ground truth; F1 at each radius that was asked for.</summary>
public sealed record ScoredPictureDto(Guid Id, string Name, int Truth, int Count, double[] F1);

/// <summary>The scores of a project; the errors are of the counts, the localization is of the heads, at each radius.</summary>
public sealed record EvaluationDto(
    int Images, long Heads, long Detections, double Mae, double Rmse, double? Nae, LocalizationDto[] Localization, ScoredPictureDto[] Pictures);

/// <summary>Scores of the heads within a radius in pixels.</summary>
public sealed record LocalizationDto(double Radius, long TruePositives, double Precision, double Recall, double F1);

/// <summary><c>/api/projects</c>: projects, their pictures, truth, scores, events and downloads.</summary>
internal static class ProjectEndpoints
{
    // Two uploads of one name at once must not both find it unused.
    private static readonly SemaphoreSlim _naming = new(1);

    // What a reader of annotations needs of memory is many times the file.
    private const long MostTruthBytes = 64L << 20;

    private const int MostUnmatched = 100;

    internal static void Map(RouteGroupBuilder api, StudioOptions options)
    {
        RouteGroupBuilder projects = api.MapGroup("/projects").WithTags("Projects");
        projects.MapGet("", List).WithSummary("All projects").WithDescription("The newest first.");
        projects.MapPost("", Create).WithSummary("Make a project").Produces<ProjectDto>(201).ProducesProblem(400);
        RouteGroupBuilder project = projects.MapGroup("{id:guid}").ProducesProblem(404);
        project.MapGet("", (Guid id, StudioContext db) => Find(db, id)).WithSummary("A project");
        project.MapPatch("", Rename).WithSummary("Rename a project").ProducesProblem(400);
        project.MapDelete("", DeleteAsync).WithSummary("Delete a project").WithDescription("With its pictures and all that was made of them.").Produces(204);
        project.MapGet("pictures", Pictures).WithSummary("A project's pictures").ProducesProblem(400)
            .WithDescription("In the order of their upload; those after a number of others, and as many as are asked for.");
        // A folder of pictures is that many calls at once.
        project.MapPost("pictures", Upload).DisableAntiforgery().DisableRateLimiting().TakesFiles(options.MaxUploadBytes, "Pictures")
            .WithSummary("Upload pictures").WithDescription("They are counted in the order of their upload; what is no picture is taken in as failed.")
            .Produces<PictureDto[]>(201).ProducesProblem(400).ProducesProblem(413).ProducesProblem(507);
        project.MapPost("truth", UploadTruth).DisableAntiforgery().TakesFiles(Math.Min(MostTruthBytes, options.MaxUploadBytes), "Annotation files, or ZIPs of them")
            .WithSummary("Upload ground truth").WithDescription("In any format that is read. Pictures are found by their names.")
            .ProducesProblem(400).ProducesProblem(413);
        project.MapPost("heads/truth", TakeTruth).WithSummary("Take the truth as heads")
            .WithDescription("Of every counted picture that has a ground truth, but those that were corrected by hand. They can then be edited like any others.");
        project.MapGet("evaluation", Evaluate).WithSummary("Scores of a project")
            .WithDescription("Errors of the counts and scores of the heads at each radius in pixels, over all pictures with ground truth; and each picture's.")
            .Produces<EvaluationDto>().ProducesProblem(400);
        project.MapGet("events", Events).DisableRateLimiting().WithSummary("News of a project")
            .WithDescription("Server-sent events: picture (as changed), progress, hello at the start and ping in silence.")
            .Produces(200, contentType: "text/event-stream").ProducesProblem(503);
        project.MapGet("export", ExportAsync).WithSummary("Download a project's heads")
            .WithDescription("In any format of downloads; training holds the pictures too, without their metadata.")
            .Produces(200, contentType: "application/octet-stream").ProducesProblem(400).ProducesProblem(503);
        api.MapGet("changes", Changes).WithTags("Service").WithSummary("Who changed what").ProducesProblem(400)
            .WithDescription("The newest first; of one project, or before a moment, or all.");
    }

    private static ProjectDto[] List(StudioContext db)
    {
        ILookup<Guid, States> states = StatesOf(db.Pictures).ToLookup(state => state.Project);
        return [.. db.Projects.OrderByDescending(project => project.Created).ToList().Select(project => Describe(project, states[project.Id]))];
    }

    /// <summary>How many pictures of a project are so far, and their heads.</summary>
    private sealed record States(Guid Project, PictureState State, int Count, long Heads);

    private static List<States> StatesOf(IQueryable<PictureRow> pictures) => [.. pictures.GroupBy(picture => new { picture.ProjectId, picture.State })
        .Select(group => new States(group.Key.ProjectId, group.Key.State, group.Count(), group.Sum(picture => (long)picture.Count)))];

    internal static ProjectDto Describe(StudioContext db, ProjectRow project) => Describe(project, StatesOf(db.Pictures.Where(picture => picture.ProjectId == project.Id)));

    private static ProjectDto Describe(ProjectRow project, IEnumerable<States> states) => new(
        project.Id, project.Name, DateTimeOffset.FromUnixTimeMilliseconds(project.Created),
        states.Sum(state => state.Count),
        states.Where(state => state.State == PictureState.Done).Sum(state => state.Count),
        states.Where(state => state.State == PictureState.Failed).Sum(state => state.Count),
        states.Sum(state => state.Heads),
        project.Model);

    private static ProjectDto Find(StudioContext db, Guid id) => Describe(db, Row(db, id));

    internal static ProjectRow Row(StudioContext db, Guid id) =>
        db.Projects.Find(id) ?? throw new NotFoundException("There is no such project; it may have been deleted");

    private static IResult Create(NameRequest request, StudioContext db, ClaimsPrincipal user)
    {
        var project = new ProjectRow
        {
            Id = Guid.CreateVersion7(),
            Name = Checked(request.Name),
            Created = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
        };
        db.Projects.Add(project);
        db.Note(user, "project.created", project);
        db.SaveChanges();
        return TypedResults.Created($"/api/projects/{project.Id}", Describe(db, project));
    }

    private static string Checked(string? name) => name?.Trim() is { Length: > 0 and <= 200 } trimmed && !Plain.HasHidden(trimmed)
        ? trimmed
        : throw new BadHttpRequestException("A project needs a name of 1 to 200 characters that are seen");

    private static ProjectDto Rename(Guid id, NameRequest request, StudioContext db, ClaimsPrincipal user)
    {
        ProjectRow project = Row(db, id);
        string name = Checked(request.Name);
        db.Note(user, "project.renamed", project, before: project.Name, after: name);
        project.Name = name;
        db.SaveChanges();
        return Describe(db, project);
    }

    // The files first: they make the room that the database may need.
    private static async Task<IResult> DeleteAsync(
        Guid id, StudioContext db, PictureFiles files, Improvement improvement, Reserve reserve, ClaimsPrincipal user)
    {
        ProjectRow project = Row(db, id);
        await improvement.StopAsync(id);
        Guid[] pictures = [.. db.Pictures.Where(picture => picture.ProjectId == id).Select(picture => picture.Id)];
        foreach (Guid picture in pictures)
            files.Delete(picture);
        db.Note(user, "project.deleted", project, before: $"{pictures.Length} pictures");
        return reserve.Spend(() =>
        {
            db.Projects.Where(row => row.Id == id).ExecuteDelete();
            db.SaveChanges();
            return TypedResults.NoContent();
        });
    }

    private static IQueryable<PictureRow> Rows(StudioContext db, Guid project) =>
        db.Pictures.Where(picture => picture.ProjectId == project).OrderBy(picture => picture.Order);

    private static PictureDto[] Pictures(Guid id, StudioContext db, [FromQuery] int skip = 0, [FromQuery] int take = int.MaxValue)
    {
        if (skip < 0 || take < 1)
            throw new BadHttpRequestException($"skip={skip}, take={take}: expected 0 or more, and 1 or more");
        Row(db, id);
        return [.. Rows(db, id).AsNoTracking().Skip(skip).Take(take).AsEnumerable().Select(PictureDto.Of)];
    }

    private static ChangeDto[] Changes(StudioContext db, [FromQuery] Guid? project = null, [FromQuery] DateTimeOffset? before = null, [FromQuery] int take = 200)
    {
        if (take is < 1 or > 10_000)
            throw new BadHttpRequestException($"take={take}: expected 1 to 10000");
        IQueryable<ChangeRow> changes = db.Changes.AsNoTracking();
        if (project is Guid id)
            changes = changes.Where(change => change.ProjectId == id);
        if (before?.ToUnixTimeMilliseconds() is long moment)
            changes = changes.Where(change => change.At < moment);
        return [.. changes.OrderByDescending(change => change.At).ThenByDescending(change => change.Id).Take(take).AsEnumerable().Select(change => new ChangeDto(
            DateTimeOffset.FromUnixTimeMilliseconds(change.At), change.Who, change.What, change.ProjectId, change.PictureId, change.Name, change.Before, change.After))];
    }

    private static async Task<IResult> Upload(
        Guid id, HttpRequest request, StudioContext db, PictureFiles files, CountWorker worker, Models models, StudioOptions options, ClaimsPrincipal user)
    {
        string model = models.Of(Row(db, id));
        var added = new List<PictureRow>();
        await foreach ((string name, Stream content) in Uploads.Files(request))
        {
            var picture = new PictureRow
            {
                Id = Guid.CreateVersion7(),
                ProjectId = id,
                Name = Plain.Name(name),
                Order = UploadClock.Next(),
                Model = model,
            };
            picture.Bytes = await files.SaveAsync(picture.Id, content, request.HttpContext.RequestAborted);
            string path = files.Original(picture.Id);
            try
            {
                using var opened = Imaging.Picture.Open(path, options.MaxPixels);
                (picture.Width, picture.Height) = (opened.Width, opened.Height);
            }
            catch (Imaging.PictureException e)
            {
                picture.State = PictureState.Failed;
                picture.Error = Plain.Message(e, path);
            }
            await _naming.WaitAsync();
            try
            {
                picture.Name = Unused(db, id, picture.Name);
                db.Pictures.Add(picture);
                db.Note(user, "picture.uploaded", picture);
                await db.SaveChangesAsync(CancellationToken.None);
            }
            catch (Exception e)
            {
                files.Delete(picture.Id);
                if (e is DbUpdateException && !db.Projects.AsNoTracking().Any(project => project.Id == id))
                    throw new NotFoundException("The project was deleted meanwhile");
                throw;
            }
            finally
            {
                _naming.Release();
            }
            added.Add(picture);
            worker.Wake();
        }
        return TypedResults.Created($"/api/projects/{id}/pictures", added.Select(PictureDto.Of).ToArray());
    }

    private static string Unused(StudioContext db, Guid project, string name)
    {
        if (!db.Pictures.Any(picture => picture.ProjectId == project && picture.Name == name))
            return name;
        string stem = Path.ChangeExtension(name, null), extension = Path.GetExtension(name);
        var used = db.Pictures.Where(picture => picture.ProjectId == project && picture.Name.StartsWith(stem))
            .Select(picture => picture.Name).ToHashSet();
        return Enumerable.Range(2, used.Count).Select(i => $"{stem} ({i}){extension}").First(unused => !used.Contains(unused));
    }

    private static async Task<TruthDto> UploadTruth(Guid id, HttpRequest request, StudioContext db, PictureFiles files, StudioOptions options, ClaimsPrincipal user)
    {
        ProjectRow project = Row(db, id);
        // What is no picture has no truth.
        var rows = Rows(db, id).Where(picture => picture.State != PictureState.Failed).AsNoTracking().ToList();
        var byName = rows.DistinctBy(picture => picture.Name).ToDictionary(picture => picture.Name);
        var byStem = rows.ToLookup(picture => Path.GetFileNameWithoutExtension(picture.Name), StringComparer.OrdinalIgnoreCase);
        var unmatched = new List<string>();
        int unmatchedCount = 0;
        var known = new HashSet<Guid>();
        int pictures = 0;
        long heads = 0;
        await foreach ((string name, Stream content) in Uploads.Files(request))
        {
            string path = files.TemporaryPath(Uploads.Ending(name));
            try
            {
                await using (FileStream file = File.Create(path))
                    await content.CopyToAsync(file, request.HttpContext.RequestAborted);
                if (!Uploads.IsZip(path))
                    Read(Plain.Name(name), path);
                else
                    foreach ((string entry, string unpacked) in Uploads.Unpack(path, Plain.Name(name), Math.Min(MostTruthBytes, options.MaxUploadBytes), files))
                        Read(entry, unpacked, $"{Plain.Name(name)}: ");
            }
            finally
            {
                File.Delete(path);
            }
        }
        // The pictures themselves may be counted meanwhile: only this of them is written.
        using (var transaction = db.Database.BeginTransaction())
        {
            db.Note(user, "truth.uploaded", project, after: $"{heads} heads of {pictures} pictures");
            db.SaveChanges();
            foreach (Guid[] some in known.Chunk(500))
                db.Pictures.Where(picture => some.Contains(picture.Id)).ExecuteUpdate(set => set.SetProperty(picture => picture.HasTruth, true));
            transaction.Commit();
        }
        return new TruthDto(pictures, heads, unmatched, unmatchedCount);

        void Read(string name, string path, string within = "")
        {
            try
            {
                // A file of one picture is named after it; where it is empty, nobody is there.
                PictureRow? own = Named(Path.GetFileNameWithoutExtension(name));
                if (Path.GetExtension(path).Equals(".txt", StringComparison.OrdinalIgnoreCase) && string.IsNullOrWhiteSpace(Start(path)))
                {
                    Take(own, new PictureHeads(name, []));
                    return;
                }
                AnnotationFormat format = AnnotationFormat.Of(path);
                if (!format.IsTable && own is null)
                    Miss(name);
                else
                    foreach (PictureHeads truth in format.Read!(path, own is null ? null : files.Original(own.Id)))
                        Take(format.IsTable ? Named(truth.Name) : own, format.IsTable ? truth : truth with { Name = name });
            }
            catch (AnnotationException e)
            {
                throw new BadHttpRequestException($"{within}{name}: {Plain.Message(e, path)}", e);
            }
        }

        void Take(PictureRow? picture, PictureHeads truth)
        {
            if (picture is null)
            {
                Miss(truth.Name);
                return;
            }
            if (truth.Heads.Count > PictureEndpoints.MostHeads)
                throw new BadHttpRequestException($"{truth.Name} has {truth.Heads.Count} heads; a picture may have {PictureEndpoints.MostHeads}");
            Parts.Put(db, picture.Id, PartKind.Truth, Parts.Pairs(truth.Heads));
            known.Add(picture.Id);
            pictures++;
            heads += truth.Heads.Count;
        }

        void Miss(string name)
        {
            unmatchedCount++;
            if (unmatched.Count < MostUnmatched)
                unmatched.Add(name);
        }

        PictureRow? Named(string given)
        {
            // As the uploads' names were made.
            string name = byName.ContainsKey(given) ? given : Plain.Name(given);
            string stem = Path.GetFileNameWithoutExtension(name);
            return byName.GetValueOrDefault(name) ?? Only(byStem[stem]) ?? Only(byStem[stem.Replace("GT_", "", StringComparison.Ordinal)]);
        }

        static string Start(string path)
        {
            using var reader = new StreamReader(path);
            char[] start = new char[1000];
            return new string(start, 0, reader.ReadBlock(start));
        }

        static PictureRow? Only(IEnumerable<PictureRow> candidates) => candidates.Take(2).ToArray() is [var one] ? one : null;
    }

    private static TakenTruthDto TakeTruth(Guid id, StudioContext db, EventHub events, ClaimsPrincipal user)
    {
        Row(db, id);
        Guid[] pictures = [.. Rows(db, id).Where(picture => picture.HasTruth && picture.State == PictureState.Done && !picture.Edited).Select(picture => picture.Id)];
        long heads = 0;
        foreach (Guid picture in pictures)
        {
            heads += PictureEndpoints.TakeTruth(picture, db, events, user).Heads.Length;
            // Heads of many pictures would stay in memory.
            db.ChangeTracker.Clear();
        }
        return new TakenTruthDto(pictures.Length, heads);
    }

    private static IResult Evaluate(Guid id, StudioContext db, [FromQuery] string radius = "4,8")
    {
        double[] radii = Radii(radius);
        Row(db, id);
        var rows = Rows(db, id).Where(picture => picture.HasTruth && picture.State == PictureState.Done).ToList();
        if (rows.Count == 0)
            throw new NotFoundException("No counted picture has a ground truth yet; upload an annotation file first");
        EvaluatedImage[] images = [.. rows.Select(picture => new EvaluatedImage(picture.Name, Parts.Truth(db, picture), Parts.Heads(db, picture))
        {
            Size = (picture.Width, picture.Height),
            DensitySum = picture.DensitySum,
        })];
        EvaluationSummary summary = EvaluationSummary.Of(images, [.. radii.Select(MatchingRadius.Of)]);
        var pictures = rows.Zip(images, (row, image) => new ScoredPictureDto(row.Id, row.Name, image.Truth.Count, image.Predictions.Count,
            [.. radii.Select(pixels => Score(image, pixels).F1)]));
        JsonObject answer = JsonNode.Parse(summary.ToJson())!.AsObject();
        answer["pictures"] = JsonSerializer.SerializeToNode(
            pictures.OrderByDescending(picture => Math.Abs(picture.Count - picture.Truth)).ThenBy(picture => picture.F1[^1]), JsonSerializerOptions.Web);
        return TypedResults.Ok(answer);

        static LocalizationScore Score(EvaluatedImage image, double pixels) => LocalizationScore.Of(
            PointMatcher.Match(image.Truth, image.Predictions, pixels).Count, image.Truth.Count, image.Predictions.Count);
    }

    internal static double[] Radii(string text) => [.. text.Split(',').Select(part =>
        double.TryParse(part, System.Globalization.CultureInfo.InvariantCulture, out double radius) && radius is > 0 and <= 1000
            ? radius
            : throw new BadHttpRequestException($"radius={text}: expected pixels from 0 to 1000, such as 4,8"))];

    private static IResult Events(Guid id, HttpContext caller, StudioContext db, EventHub events, CancellationToken cancellation)
    {
        Row(db, id);
        // A proxy passes news on as they come.
        caller.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(events.Listen(id, cancellation));
    }

    private static async Task<IResult> ExportAsync(Guid id, HttpContext caller, StudioContext db, PictureFiles files, Benches benches, StudioOptions options,
        CancellationToken cancellation, [FromQuery] string format = "csv")
    {
        ProjectRow project = Row(db, id);
        return await benches.Drawing.DoAsync(caller, () =>
        {
            var pictures = Rows(db, id).Where(picture => picture.State == PictureState.Done).AsNoTracking().ToList();
            return Downloads.Of(project.Name, format, [.. pictures.Select(picture =>
                new Downloads.Item(picture, Parts.Heads(db, picture), files.Original(picture.Id)))], files, options);
        }, cancellation);
    }
}
