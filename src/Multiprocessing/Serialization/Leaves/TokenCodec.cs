using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// A cancellation token crosses only when nobody can cancel it any more: none at all, or cancelled already; or when it is the token of the task that is written (<see cref="WriteContext.IsTaskToken"/>).
/// </summary>
internal sealed class TokenCodec : ValueCodec
{
    private const byte OfTheTask = 2;

    public static readonly TokenCodec Instance = new();

    private static readonly Refusal Live = new(
        typeof(CancellationToken), "Cancellation tokens do not cross; use CurrentProcess.Stopping in the child, or a ProcessEvent; a task of a pool gets the token that RunAsync was given.");

    public override void Write(GraphWriter writer, ref byte place)
    {
        var token = Unsafe.As<byte, CancellationToken>(ref place);
        if (writer.Context.IsTaskToken(token))
        {
            writer.Out.WriteByte(OfTheTask);
            return;
        }

        if (token is { CanBeCanceled: true, IsCancellationRequested: false })
        {
            throw new CannotCrossException(Live, null);
        }

        writer.Out.WriteByte(token.IsCancellationRequested ? (byte)1 : (byte)0);
    }

    public override void Read(GraphReader reader, ref byte place)
    {
        var kind = reader.ReadByte();
        Unsafe.As<byte, CancellationToken>(ref place) = kind == OfTheTask ? reader.Context?.TaskToken ?? default : new CancellationToken(kind != 0);
    }

    public override Refusal? Refuse(object value, in WriteContext context) => (CancellationToken)value is { CanBeCanceled: true, IsCancellationRequested: false } token && !context.IsTaskToken(token) ? Live : null;
}
