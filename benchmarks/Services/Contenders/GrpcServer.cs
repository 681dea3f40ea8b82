using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Services.Contenders;

/// <summary>The server process of <see cref="GrpcContender"/>: Kestrel with HTTP/2 on a unix socket.</summary>
internal static class GrpcServer
{
    public const string Argument = "grpc-server";

    public static async Task RunAsync(string socket)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socket, listen => listen.Protocols = HttpProtocols.Http2));
        await using var app = builder.Build();
        app.MapGrpcService<GrpcCalculator>();
        await app.StartAsync().ConfigureAwait(false);
        Console.WriteLine("ready");
        _ = await Console.In.ReadToEndAsync().ConfigureAwait(false);
        await app.StopAsync().ConfigureAwait(false);
    }
}

/// <summary>The methods that the generated base class of a service has.</summary>
[BindServiceMethod(typeof(GrpcCalculatorBase), nameof(BindService))]
internal abstract class GrpcCalculatorBase
{
    public static void BindService(ServiceBinderBase binder, GrpcCalculatorBase? service)
    {
        binder.AddMethod(GrpcContract.Add, service is null ? null : service.Add);
        binder.AddMethod(GrpcContract.Echo, service is null ? null : service.Echo);
        binder.AddMethod(GrpcContract.Count, service is null ? null : service.Count);
    }

    public abstract Task<GrpcNumber> Add(GrpcNumber request, ServerCallContext context);

    public abstract Task<byte[]> Echo(byte[] request, ServerCallContext context);

    public abstract Task Count(GrpcNumber request, IServerStreamWriter<GrpcNumber> responseStream, ServerCallContext context);
}

internal sealed class GrpcCalculator : GrpcCalculatorBase
{
    public override Task<GrpcNumber> Add(GrpcNumber request, ServerCallContext context) => Task.FromResult(new GrpcNumber(request.Value + 1));

    public override Task<byte[]> Echo(byte[] request, ServerCallContext context) => Task.FromResult(request);

    public override async Task Count(GrpcNumber request, IServerStreamWriter<GrpcNumber> responseStream, ServerCallContext context)
    {
        for (var i = 0; i < request.Value; i++)
        {
            await responseStream.WriteAsync(new GrpcNumber(i)).ConfigureAwait(false);
        }
    }
}
