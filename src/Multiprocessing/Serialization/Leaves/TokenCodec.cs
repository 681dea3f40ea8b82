using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// A cancellation token crosses if it cannot be cancelled any more (none, or already cancelled), or if it is the token of the task that is written
/// (<see cref="WriteContext.IsTaskToken"/>).
/// </summary>
internal sealed class TokenCodec : ValueCodec
{
    private const byte TaskToken = 2;

    public static readonly TokenCodec Instance = new();

    private static readonly Refusal Live = new(
        typeof(CancellationToken),
        "Cancellation tokens do not cross; use CurrentProcess.Stopping in the child, or a ProcessEvent. A task of a pool may have the token that "
        + "was passed to RunAsync.");

    public override void Write(GraphWriter writer, ref byte location)
    {
        var token = Unsafe.As<byte, CancellationToken>(ref location);
        if (writer.Context.IsTaskToken(token))
        {
            writer.Out.WriteByte(TaskToken);
            return;
        }

        if (token is { CanBeCanceled: true, IsCancellationRequested: false })
        {
            throw new CannotCrossException(Live, null);
        }

        writer.Out.WriteByte(token.IsCancellationRequested ? (byte)1 : (byte)0);
    }

    public override void Read(GraphReader reader, ref byte location)
    {
        var kind = reader.ReadByte();
        Unsafe.As<byte, CancellationToken>(ref location) = kind == TaskToken
            ? reader.Context?.TaskToken ?? default
            : new CancellationToken(kind != 0);
    }

    public override Refusal? Refuse(object value, in WriteContext context) =>
        (CancellationToken)value is { CanBeCanceled: true, IsCancellationRequested: false } token && !context.IsTaskToken(token) ? Live : null;
}
