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
public sealed record TruthDto(int Pictures, long Heads, IReadOnlyList<string> Unmatched);

/// <summary>A picture beside its ground truth; F1 at each radius that was asked for.</summary>
public sealed record ScoredPictureDto(Guid Id, string Name, int Truth, int Count, double[] F1);

/// <summary><c>/api/projects</c>: projects, their pictures, truth, scores, events and downloads.</summary>
internal static class ProjectEndpoints
{
    // Two uploads of one name at once must not both find it unused.
    private static readonly SemaphoreSlim _naming = new(1);

    internal static void Map(RouteGroupBuilder api)
    {
        RouteGroupBuilder projects = api.MapGroup("/projects").WithTags("Projects");
        projects.MapGet("", List);
        projects.MapPost("", Create);
        projects.MapGet("{id:guid}", (Guid id, StudioContext db) => Find(db, id));
        projects.MapPatch("{id:guid}", Rename);
        projects.MapDelete("{id:guid}", Delete);
        projects.MapGet("{id:guid}/pictures", Pictures);
        // A folder of pictures is that many calls at once.
        projects.MapPost("{id:guid}/pictures", Upload).DisableAntiforgery().DisableRateLimiting();
        projects.MapPost("{id:guid}/truth", UploadTruth).DisableAntiforgery();
        projects.MapGet("{id:guid}/evaluation", Evaluate);
        projects.MapGet("{id:guid}/events", Events).DisableRateLimiting();
        projects.MapGet("{id:guid}/export", Export);
    }

    private static ProjectDto[] List(StudioContext db) =>
        [.. db.Projects.OrderByDescending(project => project.Created).AsEnumerable().Select(project => Describe(db, project))];

    private static ProjectDto Describe(StudioContext db, ProjectRow project)
    {
        var states = db.Pictures.Where(picture => picture.ProjectId == project.Id).GroupBy(picture => picture.State)
            .Select(group => new { State = group.Key, Count = group.Count(), Heads = group.Sum(picture => (long)picture.Count) }).ToList();
        return new ProjectDto(project.Id, project.Name, DateTimeOffset.FromUnixTimeMilliseconds(project.Created),
            states.Sum(state => state.Count),
            states.Where(state => state.State == PictureState.Done).Sum(state => state.Count),
            states.Where(state => state.State == PictureState.Failed).Sum(state => state.Count),
            states.Sum(state => state.Heads));
    }

    private static ProjectDto Find(StudioContext db, Guid id) => Describe(db, Row(db, id));

    private static ProjectRow Row(StudioContext db, Guid id) =>
        db.Projects.Find(id) ?? throw new NotFoundException("There is no such project; it may have been deleted");

    private static IResult Create(NameRequest request, StudioContext db)
    {
        var project = new ProjectRow
        {
            Id = Guid.CreateVersion7(),
            Name = Checked(request.Name),
            Created = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
        };
        db.Projects.Add(project);
        db.SaveChanges();
        return TypedResults.Created($"/api/projects/{project.Id}", Describe(db, project));
    }

    private static string Checked(string? name) => name?.Trim() is { Length: > 0 and <= 200 } trimmed
        ? trimmed
        : throw new BadHttpRequestException("A project needs a name of 1 to 200 characters");

    private static ProjectDto Rename(Guid id, NameRequest request, StudioContext db)
    {
        ProjectRow project = Row(db, id);
        project.Name = Checked(request.Name);
        db.SaveChanges();
        return Describe(db, project);
    }

    private static IResult Delete(Guid id, StudioContext db, PictureFiles files)
    {
        ProjectRow project = Row(db, id);
        Guid[] pictures = [.. db.Pictures.Where(picture => picture.ProjectId == id).Select(picture => picture.Id)];
        db.Projects.Remove(project);
        db.SaveChanges();
        foreach (Guid picture in pictures)
            files.Delete(picture);
        return TypedResults.NoContent();
    }

    private static IQueryable<PictureRow> Rows(StudioContext db, Guid project) =>
        db.Pictures.Where(picture => picture.ProjectId == project).OrderBy(picture => picture.Order);

    private static PictureDto[] Pictures(Guid id, StudioContext db)
    {
        Row(db, id);
        return [.. Rows(db, id).AsNoTracking().AsEnumerable().Select(PictureDto.Of)];
    }

    private static async Task<IResult> Upload(
        Guid id, HttpRequest request, StudioContext db, PictureFiles files, CountWorker worker, Models models, StudioOptions options)
    {
        Row(db, id);
        var added = new List<PictureRow>();
        await foreach ((string name, Stream content) in Uploads.Files(request))
        {
            var picture = new PictureRow
            {
                Id = Guid.CreateVersion7(),
                ProjectId = id,
                Name = Plain.Name(name),
                Order = UploadClock.Next(),
                Model = models.DefaultName,
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

    private static async Task<TruthDto> UploadTruth(Guid id, HttpRequest request, StudioContext db, PictureFiles files, StudioOptions options)
    {
        Row(db, id);
        // What is no picture has no truth.
        var rows = Rows(db, id).Where(picture => picture.State != PictureState.Failed).AsNoTracking().ToList();
        var byName = rows.DistinctBy(picture => picture.Name).ToDictionary(picture => picture.Name);
        var byStem = rows.ToLookup(picture => Path.GetFileNameWithoutExtension(picture.Name), StringComparer.OrdinalIgnoreCase);
        var unmatched = new List<string>();
        var known = new HashSet<Guid>();
        int pictures = 0;
        long heads = 0;
        await foreach ((string name, Stream content) in Uploads.Files(request))
        {
            string path = Uploads.TemporaryPath(name);
            try
            {
                await using (FileStream file = File.Create(path))
                    await content.CopyToAsync(file, request.HttpContext.RequestAborted);
                if (!Uploads.IsZip(path))
                    Read(Plain.Name(name), path);
                else
                    foreach ((string entry, string unpacked) in Uploads.Unpack(path, Plain.Name(name), options.MaxUploadBytes))
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
            db.SaveChanges();
            foreach (Guid[] some in known.Chunk(500))
                db.Pictures.Where(picture => some.Contains(picture.Id)).ExecuteUpdate(set => set.SetProperty(picture => picture.HasTruth, true));
            transaction.Commit();
        }
        return new TruthDto(pictures, heads, unmatched);

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
                    unmatched.Add(name);
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
                unmatched.Add(truth.Name);
                return;
            }
            Parts.Put(db, picture.Id, PartKind.Truth, Parts.Pairs(truth.Heads));
            known.Add(picture.Id);
            pictures++;
            heads += truth.Heads.Count;
        }

        PictureRow? Named(string name)
        {
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

    private static IResult Events(Guid id, StudioContext db, EventHub events, CancellationToken cancellation)
    {
        Row(db, id);
        return TypedResults.ServerSentEvents(events.Listen(id, cancellation));
    }

    private static IResult Export(Guid id, StudioContext db, PictureFiles files, [FromQuery] string format = "csv")
    {
        ProjectRow project = Row(db, id);
        var pictures = Rows(db, id).Where(picture => picture.State == PictureState.Done).AsNoTracking().ToList();
        return Downloads.Of(project.Name, format, [.. pictures.Select(picture =>
            new Downloads.Item(picture, Parts.Heads(db, picture), files.Original(picture.Id)))]);
    }
}
