"""What a ZeroGPU Space demands: one function that asks for the GPU, known before torch is imported.

The nets answer in milliseconds on the CPU, sooner than a GPU is handed over, so none of a visitor's
quota is spent on them. The function is there for the Space to start. Elsewhere this does nothing.
"""

try:
    import spaces
except ImportError:
    pass
else:

    @spaces.GPU
    def name_of_gpu() -> str:
        """The GPU of this Space."""
        import torch

        return torch.cuda.get_device_name() if torch.cuda.is_available() else "none"
