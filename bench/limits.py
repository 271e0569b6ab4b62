"""What the figures may be at most."""

from collections.abc import Mapping

LIMITS = {
    "cold_get_vs_bare": 0.90,
    "cold_post_vs_bare": 1.20,
    "cold_get_vs_sam_build": 0.30,
    "cold_get_vs_fastapi": 0.50,
    "warm_get_cpu_vs_bare": 1.00,
    "warm_post_cpu_vs_bare": 1.15,
    "peak_memory_vs_bare": 1.00,
    "layer_zip_mb": 7,
    "thumbs_jpeg_vs_sharp": 0.70,
    "thumbs_png_vs_sharp": 0.60,
    "thumbs_memory_vs_sharp": 0.80,
}
MEANINGS = {
    "cold_get_vs_bare": "cold GET / bare handler",
    "cold_get_vs_bare_client": "cold GET / bare handler that uses `boto3.client`",
    "cold_post_vs_bare": "cold POST / bare handler doing a put",
    "cold_get_vs_sam_build": "cold GET / Powertools as plain `sam build` leaves it",
    "cold_get_vs_powertools": "cold GET / Powertools, compiled",
    "cold_get_vs_fastapi": "cold GET / FastAPI + Mangum, compiled",
    "warm_get_cpu_vs_bare": "processor time of a warm GET / bare handler",
    "warm_get_cpu_vs_bare_client": "processor time of a warm GET / bare handler that uses `boto3.client`",
    "warm_post_cpu_vs_bare": "processor time of a warm POST / bare handler with the same transaction",
    "peak_memory_vs_bare": "peak memory after the first GET / bare handler",
    "layer_zip_mb": "zipped layer `common`, MB",
    "function_zip_mb": "zipped code of the functions, MB",
    "thumbs_jpeg_vs_sharp": "three thumbnails of a 12 MP JPEG / sharp",
    "thumbs_png_vs_sharp": "three thumbnails of a 3 MP PNG / sharp",
    "thumbs_memory_vs_sharp": "peak memory of those / sharp",
}


def missed(figures: Mapping[str, float]) -> list[str]:
    """The figures that are above their limits."""
    return [name for name, limit in LIMITS.items() if figures[name] > limit]
