namespace Batch;

/// <summary>What one file holds.</summary>
/// <param name="Path">Below the folder that was asked for.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Words">Runs of letters and digits.</param>
/// <param name="Sha256">In hexadecimal digits.</param>
internal sealed record FileReport(string Path, long Bytes, long Words, string Sha256);
