using Multiprocessing;

namespace Web;

/// <summary>The site: a page with a form, an address that makes thumbnails, the health of the pool, and the dashboard.</summary>
internal static class Site
{
    private const long MaxImageBytes = 20 << 20;
    private static readonly TaskOptions Thumbnail = new() { Name = "thumbnail", Timeout = TimeSpan.FromSeconds(20), MaxAttempts = 5 };

    public static WebApplication Create(Settings settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls(settings.Url);
        builder.Logging.SetMinimumLevel(settings.Load ? LogLevel.Error : LogLevel.Information).AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Services.AddProcessPool("thumbnails", options => options.Workers = settings.Workers);
        builder.Services.AddHealthChecks().AddProcessPool("thumbnails");
        var app = builder.Build();
        app.MapGet("/", static () => TypedResults.Content(Page.Html, "text/html; charset=utf-8"));
        app.MapGet("/pictures/{seed:int}", static (int seed) => TypedResults.Bytes(Thumbnails.Draw(seed), "image/jpeg"));
        app.MapPost("/thumbnails", MakeAsync);
        app.MapHealthChecks("/health");
        app.MapMultiprocessing("/mp");
        return app;
    }

    /// <summary>
    /// Decodes in a worker. A worker that dies because another image crashed it, or because it was killed, costs an attempt of its own task only: the
    /// task is tried again. An image that crashes each of its workers is refused.
    /// </summary>
    private static async Task<IResult> MakeAsync(HttpRequest request, [FromKeyedServices("thumbnails")] ProcessPool pool, int width = 160)
    {
        if (width is < 1 or > 2000 || request.ContentLength is null or > MaxImageBytes)
        {
            return TypedResults.Problem($"A width from 1 to 2000, and an image of at most {MaxImageBytes >> 20} MiB, please.", statusCode: 400);
        }

        var image = new byte[request.ContentLength.Value];
        await request.Body.ReadExactlyAsync(image, request.HttpContext.RequestAborted);
        try
        {
            var thumbnail = await pool.RunAsync(Thumbnails.Make, image, width, Thumbnail, request.HttpContext.RequestAborted);
            return TypedResults.Bytes(thumbnail, "image/png");
        }
        catch (InvalidDataException exception)
        {
            return TypedResults.Problem(exception.Message, statusCode: 422);
        }
        catch (WorkerDiedException exception)
        {
            return TypedResults.Problem($"The image crashes the decoder ({exception.ExitStatus}); the site goes on.", statusCode: 422);
        }
        catch (TimeoutException exception)
        {
            return TypedResults.Problem(exception.Message, statusCode: 422);
        }
    }
}
