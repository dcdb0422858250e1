using System.Globalization;
using HeadCount.Imaging;
using HeadCount.Inference;
using HeadCount.Studio.Api;
using HeadCount.Studio.Storage;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.EntityFrameworkCore;

namespace HeadCount.Studio.Security;

/// <summary>Turns what went wrong into problem details (RFC 9457) in plain words, without traces or paths.</summary>
internal sealed partial class Problems(IProblemDetailsService service, ILogger<Problems> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested)
            return true;
        (int status, string title, string? detail) = exception switch
        {
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
                (413, "The upload is too large", "Make the picture smaller, or start the studio with a larger --max-upload"),
            BadHttpRequestException e => (e.StatusCode, e.Message, null),
            NotFoundException e => (404, e.Message, null),
            ConflictException e => (409, e.Message, null),
            DbUpdateConcurrencyException => (409, "It was changed elsewhere meanwhile; load it again", null),
            PictureException => (422, "The picture cannot be read", "It is damaged or of an unknown kind"),
            ModelException e => (500, e.Message, null),
            TooManyException e => (e.Status, e.Message, $"Try again in {Math.Ceiling(e.After.TotalSeconds)} seconds"),
            Exception e when DiskSpace.IsExhausted(e) => (507, "The disk is full", "Delete pictures or projects, or make room on the server's disk, and try again"),
            Exception e when DiskSpace.IsDatabaseAway(e) => (503, "The database does not answer", "Try again in a minute"),
            _ => (500, "Something went wrong in the studio", "The server's log says what"),
        };
        if (status == 500)
            LogFailure(log, exception, context.Request.Path);
        if (exception is TooManyException later)
            context.Response.Headers.RetryAfter = Math.Ceiling(later.After.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        else if (status == 503)
            context.Response.Headers.RetryAfter = "60";
        context.Response.StatusCode = status;
        return await service.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = { Status = status, Title = title, Detail = detail },
        });
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} failed")]
    private static partial void LogFailure(ILogger logger, Exception e, string path);
}
