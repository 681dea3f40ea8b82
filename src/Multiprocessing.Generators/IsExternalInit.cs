namespace System.Runtime.CompilerServices;

/// <summary>Makes init accessors, and with them records, compile for .NET Standard 2.0.</summary>
internal static class IsExternalInit;
