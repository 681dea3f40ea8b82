using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Multiprocessing;

/// <summary>The routes of a dashboard. The recorder starts with the host, so it is asked for when a request arrives.</summary>
internal sealed class DashboardSite
{
    private readonly DashboardOptions _options;
    private readonly Func<ProgramRecorder> _recorder;
    private readonly CancellationToken _stopping;
    private readonly AccessRules _rules;

    public DashboardSite(DashboardOptions options, Func<ProgramRecorder> recorder, CancellationToken stopping)
    {
        options.Validate();
        _options = options;
        _recorder = recorder;
        _stopping = stopping;
        Keys = new(options.Token);
        _rules = new(options, Keys);
    }

    public Keys Keys { get; }

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], context => HasSlash(context.Request) ? AdmitAsync(context, IndexAsync)
            : AddSlash(context));
        foreach (var name in Assets.Names)
        {
            Get(routes, $"/{name}", context => SendAsync(context, name));
        }

        Get(routes, "/api/state", StateAsync);
        Get(routes, "/api/events", EventsAsync);
        routes.MapPost("/api/kill/{id:int}", context => AdmitAsync(context, KillAsync));
        routes.MapPost("/api/cancel/{pool}/{worker:int}/{done:long}", context => AdmitAsync(context, CancelAsync));
        // Every other path below the dashboard's is checked as well: a refusal does not depend on whether a path exists.
        routes.Map("/{**rest}", context => AdmitAsync(context, NotFoundAsync));
    }

    private void Get(IEndpointRouteBuilder routes, string pattern, RequestDelegate handler) =>
        routes.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], context => AdmitAsync(context, handler));

    private async Task AdmitAsync(HttpContext context, RequestDelegate handler)
    {
        ResponseHeaders.Apply(context.Response);
        if (_rules.Check(context) is { } refusal)
        {
            await ReplyAsync(context, refusal.Status, refusal.Text);
            return;
        }

        await handler(context);
    }

    private static bool HasSlash(HttpRequest request) => request.Path.Value!.EndsWith('/');

    /// <summary>
    /// The page's links are relative to its folder, and its cookie belongs to the folder: the address without the slash cannot be asked for the
    /// cookie. A
    /// relative address also holds behind a proxy that adds a prefix.
    /// </summary>
    private static Task AddSlash(HttpContext context)
    {
        var request = context.Request;
        ResponseHeaders.Apply(context.Response);
        var last = request.Path.Value![(request.Path.Value!.LastIndexOf('/') + 1)..];
        context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
        context.Response.Headers.Location = last.Length == 0 ? $"{request.PathBase}/{request.QueryString}" : $"./{last}/{request.QueryString}";
        return Task.CompletedTask;
    }

    private async Task IndexAsync(HttpContext context)
    {
        var request = context.Request;
        if (_options.RequireToken && Keys.IsToken(request.Query["token"]))
        {
            context.Response.Cookies.Append(Keys.CookieName, Keys.Cookie, new()
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                Secure = request.IsHttps,
                Path = $"{request.PathBase}{request.Path}",
            });
            // Not a redirect by status: after a click in another site's page, the browser would not send a strict cookie with it.
            context.Response.ContentType = "text/html; charset=utf-8";
            await context.Response.WriteAsync(
                "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Multiprocessing</title>"
                    + "<link rel=\"icon\" href=\"icon.svg\"><meta http-equiv=\"refresh\" content=\"0;url=./\"></head>"
                    + "<body><a href=\"./\">Open the dashboard</a></body></html>",
                context.RequestAborted);
            return;
        }

        await SendAsync(context, "index.html");
    }

    private static async Task SendAsync(HttpContext context, string name)
    {
        var bytes = Assets.Read(name);
        context.Response.ContentType = Assets.ContentType(name);
        context.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        }
    }

    private async Task StateAsync(HttpContext context)
    {
        var recorder = _recorder();
        await recorder.WaitForFirstSampleAsync(context.RequestAborted);
        context.Response.ContentType = "application/json; charset=utf-8";
        await using Utf8JsonWriter json = new(context.Response.BodyWriter.AsStream());
        json.WriteStartObject();
        json.WriteBoolean("actions", _options.AllowActions);
        json.WriteString("antiforgery", Keys.Antiforgery);
        recorder.WriteState(json);
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }

    private Task EventsAsync(HttpContext context)
    {
        // The header is the browser's own, of a connection that broke; the query is the page's, of its first connection.
        var text = context.Request.Headers["Last-Event-ID"].ToString();
        if (!long.TryParse(text.Length > 0 ? text : context.Request.Query["after"], out var after) || after < 0)
        {
            return ReplyAsync(context, StatusCodes.Status400BadRequest, "The query 'after' must be the number of the last sample that the page has.");
        }

        return TypedResults.ServerSentEvents(SamplesAsync(_recorder(), after, context.RequestAborted)).ExecuteAsync(context);
    }

    private async IAsyncEnumerable<SseItem<byte[]>> SamplesAsync(ProgramRecorder recorder, long after,
        [EnumeratorCancellation] CancellationToken aborted)
    {
        // A host that stops does not wait for open pages.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, _stopping);
        await using var samples = recorder.ReadSamplesAsync(after, either.Token).GetAsyncEnumerator(either.Token);
        while (true)
        {
            bool more;
            try
            {
                more = await samples.MoveNextAsync();
            }
            catch (OperationCanceledException) when (either.IsCancellationRequested)
            {
                yield break;
            }

            if (!more)
            {
                yield return new("{}"u8.ToArray(), "reset");
                yield break;
            }

            yield return new(samples.Current.Json, "sample")
            {
                EventId = samples.Current.Sequence.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ReconnectionInterval = TimeSpan.FromSeconds(2),
            };
        }
    }

    private Task KillAsync(HttpContext context) => ActAsync(context, () =>
    {
        _recorder().Kill(int.Parse(Value(context, "id"), CultureInfo.InvariantCulture));
        return true;
    });

    private Task CancelAsync(HttpContext context) => ActAsync(context, () => _recorder().CancelTask(
        Value(context, "pool"),
        int.Parse(Value(context, "worker"), CultureInfo.InvariantCulture),
        long.Parse(Value(context, "done"), CultureInfo.InvariantCulture)));

    private static string Value(HttpContext context, string name) => (string)context.Request.RouteValues[name]!;

    private async Task ActAsync(HttpContext context, Func<bool> action)
    {
        if (!_options.AllowActions)
        {
            await ReplyAsync(context, StatusCodes.Status403Forbidden, "Actions are turned off: DashboardOptions.AllowActions is false.");
            return;
        }

        try
        {
            // An action may wait for the program for some seconds.
            if (await Task.Run(action))
            {
                context.Response.StatusCode = StatusCodes.Status204NoContent;
            }
            else
            {
                await ReplyAsync(context, StatusCodes.Status409Conflict, "The program did not take the request: its process may be stopped.");
            }
        }
        catch (Exception error) when (error is ProgramNotFoundException or ArgumentException or IOException
            or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // The process has ended, is not one of the program's, or may not be killed; or the task has ended: the page shows the reason.
            await ReplyAsync(context, StatusCodes.Status409Conflict, error.Message);
        }
    }

    private static Task NotFoundAsync(HttpContext context) => ReplyAsync(context, StatusCodes.Status404NotFound, "The dashboard has no such page.");

    private static async Task ReplyAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(text, context.RequestAborted);
    }
}
