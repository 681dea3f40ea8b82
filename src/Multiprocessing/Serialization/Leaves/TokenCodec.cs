using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>A cancellation token crosses only when nobody can cancel it any more: none at all, or cancelled already.</summary>
internal sealed class TokenCodec : ValueCodec
{
    public static readonly TokenCodec Instance = new();

    private static readonly Refusal Live = new(
        typeof(CancellationToken), "Cancellation tokens do not cross; use CurrentProcess.Stopping in the child, or a ProcessEvent.");

    public override void Write(GraphWriter writer, ref byte place)
    {
        var token = Unsafe.As<byte, CancellationToken>(ref place);
        if (token is { CanBeCanceled: true, IsCancellationRequested: false })
        {
            throw new CannotCrossException(Live, null);
        }

        writer.Out.WriteByte(token.IsCancellationRequested ? (byte)1 : (byte)0);
    }

    public override void Read(GraphReader reader, ref byte place) => Unsafe.As<byte, CancellationToken>(ref place) = new CancellationToken(reader.ReadByte() != 0);

    public override Refusal? Refuse(object value) => (CancellationToken)value is { CanBeCanceled: true, IsCancellationRequested: false } ? Live : null;
}
