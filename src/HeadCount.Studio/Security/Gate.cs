using System.Security.Claims;
using System.Security.Cryptography;
using HeadCount.Studio.Storage;
using Microsoft.EntityFrameworkCore;

namespace HeadCount.Studio.Security;

/// <summary>A key that opens a session.</summary>
/// <param name="Key">One of the keys that the studio was started with.</param>
public sealed record SessionRequest(string Key);

/// <summary>
/// Who may call: with keys, callers that bring one in <c>X-Api-Key</c>, as bearer token, or in exchange for a session cookie;
/// without, this machine alone. Changes that another web site asks a visitor's browser for are refused in either case.
/// </summary>
internal static class Gate
{
    private const string Cookie = "headcount-session", SessionPath = "/api/session";

    private static readonly TimeSpan s_longest = TimeSpan.FromDays(30);

    internal static void Use(WebApplication app) => app.Use(async (context, next) =>
    {
        HttpRequest request = context.Request;
        bool asks = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (!asks && IsForeign(request))
        {
            await Refuse(context, StatusCodes.Status403Forbidden, "Another web site may not do this");
            return;
        }
        Keys keys = context.RequestServices.GetRequiredService<Keys>();
        bool guarded = request.Path.StartsWithSegments("/api") || request.Path.StartsWithSegments("/metrics");
        if (!keys.AreNeeded)
        {
            // Whoever reaches the proxy would be taken for this machine.
            if (guarded && IsPassedOn(request))
            {
                await Refuse(context, StatusCodes.Status403Forbidden, "A call through a proxy needs a key",
                    "Start the studio with --api-key and --proxy, as its documentation shows");
                return;
            }
        }
        else if (guarded)
        {
            string? who = Key(request) is { } given
                ? keys.Try(given, context) is { } hash ? keys.NameOf(hash) : null
                : await SessionAsync(request, keys);
            if (who is null && request.Path != SessionPath)
            {
                await Refuse(context, StatusCodes.Status401Unauthorized, "An API key is needed");
                return;
            }
            if (who is not null)
                context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, who)], "key"));
        }
        await next();
    });

    /// <summary>Whether a call comes from a browser that is signed in, and can sign out.</summary>
    internal static bool HasSession(HttpRequest request) => request.Cookies[Cookie] is { Length: > 0 };

    internal static void Map(RouteGroupBuilder api)
    {
        RouteGroupBuilder session = api.MapGroup("session").WithTags("Service");
        session.MapPost("", OpenAsync).WithSummary("Sign in")
            .WithDescription("Exchanges a key for a session cookie, which browsers send by themselves; it lasts 30 days, or until it is closed.")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(401).ProducesProblem(429);
        session.MapDelete("", CloseAsync).WithSummary("Sign out")
            .WithDescription("Ends the session of the cookie that comes with the call.")
            .Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> OpenAsync(SessionRequest session, HttpContext context, Keys keys, StudioContext db)
    {
        if (session.Key is not { } given || keys.Try(given, context) is not { } hash)
            return Results.Problem("The key is none of those that the studio was started with", statusCode: StatusCodes.Status401Unauthorized, title: "Wrong key");
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await db.Sessions.Where(row => row.Expires < now).ExecuteDeleteAsync();
        string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        db.Sessions.Add(new SessionRow { Token = Keys.Hash(token), Key = hash, Expires = now + (long)s_longest.TotalMilliseconds });
        db.Note(keys.NameOf(hash)!, "session.opened", null, null, null, after: context.Connection.RemoteIpAddress);
        await db.SaveChangesAsync();
        context.Response.Cookies.Append(Cookie, token, Options(context, s_longest));
        return Results.NoContent();
    }

    private static async Task<IResult> CloseAsync(HttpContext context, StudioContext db)
    {
        if (context.Request.Cookies[Cookie] is { } token)
        {
            string hash = Keys.Hash(token);
            if (await db.Sessions.Where(row => row.Token == hash).ExecuteDeleteAsync() > 0)
            {
                db.Note(ChangeLog.Name(context.User), "session.closed", null, null, null);
                await db.SaveChangesAsync();
            }
        }
        context.Response.Cookies.Delete(Cookie, Options(context, null));
        return Results.NoContent();
    }

    private static CookieOptions Options(HttpContext context, TimeSpan? age) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
        Path = context.Request.PathBase.HasValue ? context.Request.PathBase.Value : "/",
        MaxAge = age,
    };

    private static string? Key(HttpRequest request)
    {
        string header = request.Headers["X-Api-Key"].ToString(), bearer = request.Headers.Authorization.ToString();
        return header.Length > 0 ? header
            : bearer.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? bearer[7..]
            : null;
    }

    private static async Task<string?> SessionAsync(HttpRequest request, Keys keys)
    {
        if (request.Cookies[Cookie] is not { Length: > 0 } token)
            return null;
        string hash = Keys.Hash(token);
        StudioContext db = request.HttpContext.RequestServices.GetRequiredService<StudioContext>();
        SessionRow? session = await db.Sessions.AsNoTracking().FirstOrDefaultAsync(row => row.Token == hash);
        return session is not null && session.Expires > DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() ? keys.NameOf(session.Key) : null;
    }

    // Browsers say where a call comes from in one or the other; other programs in neither.
    private static bool IsForeign(HttpRequest request)
    {
        string site = request.Headers["Sec-Fetch-Site"].ToString(), origin = request.Headers.Origin.ToString();
        return site is not ("" or "same-origin" or "none")
            || (origin.Length > 0 && !(Uri.TryCreate(origin, UriKind.Absolute, out Uri? from)
                && new HostString(from.Authority).Equals(Plain(request))));

        // As an origin writes it: without the port that goes without saying.
        static HostString Plain(HttpRequest request) =>
            request.Host.Port == (request.IsHttps ? 443 : 80) ? new HostString(request.Host.Host) : request.Host;
    }

    // Proxies say so, or speak the first version of HTTP, as nginx does unless it is told otherwise.
    private static bool IsPassedOn(HttpRequest request) => request.Protocol == "HTTP/1.0"
        || request.Headers.ContainsKey("X-Forwarded-For") || request.Headers.ContainsKey("Forwarded") || request.Headers.ContainsKey("Via");

    private static Task Refuse(HttpContext context, int status, string title, string? detail = null) =>
        Results.Problem(statusCode: status, title: title, detail: detail).ExecuteAsync(context);
}
