"""The pictures: one module a scene, named as the scene is, with `_` for `-`. `engine.scene` finds them."""
