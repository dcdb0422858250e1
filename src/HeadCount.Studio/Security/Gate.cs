using System.Security.Cryptography;
using System.Text;

namespace HeadCount.Studio.Security;

/// <summary>A key that opens the session cookie.</summary>
public sealed record SessionRequest(string Key);

/// <summary>
/// Who may call: with a key, callers that bring it in <c>X-Api-Key</c>, as bearer token or as session cookie; without one,
/// this machine alone. Changes that another web site asks a visitor's browser for are refused in either case.
/// </summary>
internal static class Gate
{
    private const string Cookie = "headcount-key";

    internal static void Use(WebApplication app, StudioOptions options)
    {
        app.Use(async (context, next) =>
        {
            HttpRequest request = context.Request;
            if (request.Headers["Sec-Fetch-Site"] == "cross-site" && !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
            {
                await Refuse(context, StatusCodes.Status403Forbidden, "Another web site may not do this");
                return;
            }
            bool guarded = request.Path.StartsWithSegments("/api") || request.Path.StartsWithSegments("/metrics");
            if (guarded && request.Path != "/api/session" && options.ApiKey is { } key && !Brings(request, key))
            {
                await Refuse(context, StatusCodes.Status401Unauthorized, "An API key is needed");
                return;
            }
            await next();
        });
        app.MapPost("/api/session", (SessionRequest session, HttpContext context) =>
        {
            if (options.ApiKey is not { } key || !Same(session.Key, key))
                return Results.Problem("The key is not the one that the studio was started with", statusCode: StatusCodes.Status401Unauthorized, title: "Wrong key");
            context.Response.Cookies.Append(Cookie, session.Key, new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                Secure = context.Request.IsHttps,
                MaxAge = TimeSpan.FromDays(30),
            });
            return Results.NoContent();
        }).WithTags("Service");
    }

    private static bool Brings(HttpRequest request, string key)
    {
        string bearer = request.Headers.Authorization.ToString();
        return Same(request.Headers["X-Api-Key"], key)
            || Same(bearer.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? bearer[7..] : null, key)
            || Same(request.Cookies[Cookie], key);
    }

    // In a time that tells nothing of where they differ.
    private static bool Same(string? given, string key) => given is not null && CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static Task Refuse(HttpContext context, int status, string title) =>
        Results.Problem(statusCode: status, title: title).ExecuteAsync(context);
}
