using System.Security.Claims;
using HeadCount.Studio.Counting;
using HeadCount.Studio.Storage;

namespace HeadCount.Studio.Api;

/// <summary>What there is to learn from in a project, and its latest run.</summary>
/// <param name="Checked">Pictures whose heads people have corrected or uploaded.</param>
/// <param name="Needed">Fewest of them to learn from.</param>
/// <param name="Missing">What to do where the training program is not installed; null where it is.</param>
/// <param name="Run">The latest run.</param>
public sealed record ImproveDto(int Checked, int Needed, string? Missing, ImproveRun Run);

/// <summary>A model by its name; null: the one that the studio was started with.</summary>
public sealed record ModelRequest(string? Model);

/// <summary><c>/api/projects/{id}/improve</c> and <c>model</c>: a model that has learnt from a project's corrections.</summary>
internal static class ImproveEndpoints
{
    internal static void Map(RouteGroupBuilder api)
    {
        RouteGroupBuilder project = api.MapGroup("/projects/{id:guid}").WithTags("Improve").ProducesProblem(404);
        project.MapGet("improve", Get).WithSummary("How improving the model is")
            .WithDescription("What there is to learn from, and the latest run: none, running, done or failed.");
        project.MapPost("improve", Start).WithSummary("Improve the model").Produces<ImproveDto>(202).ProducesProblem(409).ProducesProblem(501)
            .WithDescription("Trains the studio's model further on the project's checked pictures: the heads that people placed, or else the ground truth. "
                + "Every fifth is held back to judge the result. One run at a time.");
        project.MapDelete("improve", StopAsync).WithSummary("Stop improving the model").Produces(204)
            .WithDescription("Forgets the run, or how it ended. A model that it gave stays.");
        project.MapPut("model", SetModel).WithSummary("Set a project's model").ProducesProblem(400)
            .WithDescription("New pictures and recounts take it. Null is the model that the studio was started with.");
    }

    private static ImproveDto Describe(StudioContext db, Improvement improvement, Guid id) =>
        new(Improvement.Checked(db, id).Count(), Improvement.LeastPictures, Improvement.Missing, improvement.Of(id));

    private static ImproveDto Get(Guid id, StudioContext db, Improvement improvement)
    {
        ProjectEndpoints.Row(db, id);
        return Describe(db, improvement, id);
    }

    private static IResult Start(Guid id, StudioContext db, Improvement improvement, ClaimsPrincipal user)
    {
        ProjectRow project = ProjectEndpoints.Row(db, id);
        improvement.Start(db, project);
        ImproveDto answer = Describe(db, improvement, id);
        db.Note(user, "improve.started", project, after: $"{answer.Checked} pictures");
        db.SaveChanges();
        return TypedResults.Accepted($"/api/projects/{id}/improve", answer);
    }

    private static async Task<IResult> StopAsync(Guid id, StudioContext db, Improvement improvement, ClaimsPrincipal user)
    {
        ProjectRow project = ProjectEndpoints.Row(db, id);
        string before = improvement.Of(id).State;
        await improvement.StopAsync(id);
        if (before != "none")
            db.Note(user, "improve.stopped", project, before: before);
        await db.SaveChangesAsync(CancellationToken.None);
        return TypedResults.NoContent();
    }

    private static ProjectDto SetModel(Guid id, ModelRequest request, StudioContext db, Models models, ClaimsPrincipal user)
    {
        ProjectRow project = ProjectEndpoints.Row(db, id);
        models.Require(request.Model);
        db.Note(user, "project.model", project, before: models.Of(project), after: request.Model ?? models.DefaultName);
        project.Model = request.Model;
        db.SaveChanges();
        return ProjectEndpoints.Describe(db, project);
    }
}
