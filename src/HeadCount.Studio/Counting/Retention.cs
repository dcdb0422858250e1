using HeadCount.Studio.Storage;
using Microsoft.EntityFrameworkCore;

namespace HeadCount.Studio.Counting;

/// <summary>Deletes pictures some days after their upload, and projects that are as old and hold none any more.</summary>
public sealed partial class Retention(IDbContextFactory<StudioContext> contexts, PictureFiles files, Improvement improvement, StudioOptions options,
    ILogger<Retention> log)
    : BackgroundService
{
    private static readonly TimeSpan s_between = TimeSpan.FromMinutes(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.KeepDays is not int days)
            return;
        using var clock = new PeriodicTimer(s_between);
        do
        {
            try
            {
                DeleteBefore(DateTimeOffset.UtcNow.AddDays(-days));
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogTrouble(log, e);
            }
        }
        while (await clock.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Deletes what was uploaded, or made, before a moment.</summary>
    internal void DeleteBefore(DateTimeOffset moment)
    {
        using StudioContext db = contexts.CreateDbContext();
        long ticks = moment.UtcTicks, milliseconds = moment.ToUnixTimeMilliseconds();
        foreach (PictureRow picture in db.Pictures.Where(picture => picture.Order < ticks).ToList())
        {
            files.Delete(picture.Id);
            db.Pictures.Remove(picture);
            db.Note(nameof(Retention), "picture.deleted", picture.ProjectId, picture.Id, picture.Name, before: picture.Count);
            db.SaveChanges();
        }
        foreach (ProjectRow project in db.Projects.Where(project => project.Created < milliseconds && !db.Pictures.Any(picture => picture.ProjectId == project.Id)).ToList())
        {
            improvement.StopAsync(project.Id).GetAwaiter().GetResult();
            db.Projects.Remove(project);
            db.Note(nameof(Retention), "project.deleted", project.Id, null, project.Name);
            db.SaveChanges();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Old pictures could not be deleted; it will be tried again")]
    private static partial void LogTrouble(ILogger logger, Exception e);
}
