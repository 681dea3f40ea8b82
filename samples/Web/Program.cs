using Web;

return await Settings.Command(async settings =>
{
    await using var app = Site.Create(settings);
    if (settings.Load)
    {
        return await LoadRun.RunAsync(app, settings);
    }

    await app.RunAsync();
    return 0;
}).Parse(args).InvokeAsync();
