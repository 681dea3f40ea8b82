namespace Multiprocessing;

/// <summary>
/// A struct of the calls of managers that <see cref="RegisteredPayload"/> writes part by part: the types of the parts are the program's, so there is
/// no one registered type for the whole.
/// </summary>
internal unsafe interface IPayloadParts
{
    void Write(PayloadFormat format, MessageBuffer buffer, string name);

    /// <summary>Sets this value, a boxed one, to what the message has.</summary>
    void Read(PayloadFormat format, ref byte* data, byte* end, string name);
}
