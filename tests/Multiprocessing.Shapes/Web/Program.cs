using Multiprocessing;
using Multiprocessing.Shapes;

// The same program as a web server on a port of the system's choice: /checks runs all checks inside a request, /pid a child of its own.
if (args is not ["serve"])
{
    return Entry.Run(args);
}

Entry.LeaveTrace();
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
await using var app = builder.Build();
app.MapGet("/checks", () => Checks.Run());
app.MapGet("/pid", async (int number) =>
{
    using var child = ChildProcess.Run(given => (Environment.ProcessId, given * 2, CurrentProcess.IsChild), number);
    var (id, doubled, isChild) = await child.Result;
    return $"{id != Environment.ProcessId} {doubled} {isChild}";
});
await app.StartAsync();
Report.Line("address", app.Urls.First());
await app.WaitForShutdownAsync();
return 0;
