using System.Runtime.CompilerServices;

// Native calls take blittable values only, so that they are compiled ahead of time: otherwise a child would compile a stub for each during its start.
[assembly: DisableRuntimeMarshalling]
